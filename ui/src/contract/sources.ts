/** Sources and segments. */
import type { Field, NewSegment } from '../platform/bindings';
import { check, checkSame, need, refused } from './check';
import type { Step } from './stage';

const SECOND_US = 1_000_000;

export const sources: Step[] = [
  {
    name: 'files are added one by one, each with an answer, by a job that tells what became of them',
    async holds(stage) {
      const { commands, bench } = stage;
      const project = await stage.newProject('Adding');
      const paths = [bench.films[0], bench.notes, bench.films[0]];
      const answers = await stage.tells(
        [
          { type: 'sources_changed', project_id: project.id },
          { type: 'projects_changed' },
          { type: 'job_changed', job: { kind: 'ingest', project_id: project.id, state: 'done' } },
        ],
        () => commands.addSources(project.id, paths, false),
      );
      check('the answers', answers, [
        { item: bench.films[0], refused: null },
        { item: bench.notes, done: null, refused: { notice: { code: 'not_a_video' } } },
        { item: bench.films[0], done: null, refused: { notice: { code: 'already_added' } } },
      ]);
      const source = need('the source', answers[0]?.done);
      check('the source', source, {
        project_id: project.id,
        path: bench.films[0],
        state: 'ready',
        copied: false,
      });
      checkSame('the list', await commands.listSources(project.id), [source]);
      check('the counts', (await commands.getProject(project.id)).counts, {
        sources: 1,
        sources_us: source.facts.duration_us,
      });
      const jobs = async () =>
        (await commands.listJobs({ project_id: project.id })).filter(({ kind }) => kind === 'ingest');
      check('the job', await jobs(), [
        {
          class: 'brief',
          progress_bp: 10_000,
          result: {
            type: 'sources',
            added: 1,
            refused: [{ notice: { code: 'not_a_video' } }, { notice: { code: 'already_added' } }],
          },
        },
      ]);
      checkSame('no files', await commands.addSources(project.id, [], false), []);
      check('no other job', (await jobs()).length, 1);
    },
  },
  {
    name: 'a source that is removed stays for its clips, and comes back unless its file is there again',
    async holds(stage) {
      const { commands, bench } = stage;
      const [project, source] = await stage.projectWithFilm('Removing');
      const told = [
        { type: 'sources_changed' as const, project_id: project.id },
        { type: 'projects_changed' as const },
      ];
      await stage.tells(told, () => commands.removeSource(source.id));
      checkSame('the list', await commands.listSources(project.id), []);
      checkSame('the source', await commands.getSource(source.id), source);
      const restored = await stage.tells(told, () => commands.restoreSource(source.id));
      checkSame('restored', restored, source);
      await commands.removeSource(source.id);
      const [again] = await commands.addSources(project.id, [bench.films[0]], false);
      check('its file again', again, { refused: null });
      await refused('both', commands.restoreSource(source.id), 'already_added');
    },
  },
  {
    name: 'sound tracks are used or not, each on its own',
    async holds(stage) {
      const { commands } = stage;
      const [project, source] = await stage.projectWithFilm('Sound');
      const track = need(
        'a sound track',
        source.facts.audio.find(({ used }) => used),
      );
      const silent = source.facts.audio.map((each) => ({
        ...each,
        used: each === track ? false : each.used,
      }));
      const no = { stream_index: 99, used: true };
      const off = { stream_index: track.stream_index, used: false };
      await refused('no such track', commands.setSourceSound(source.id, [off, no]), 'invalid', 'tracks');
      checkSame('as it was', await commands.getSource(source.id), source);
      const changed = await stage.tells(
        [
          { type: 'sources_changed', project_id: project.id },
          { type: 'projects_changed' },
          { type: 'analysis_changed', source_id: source.id },
        ],
        () => commands.setSourceSound(source.id, [off]),
      );
      checkSame('the tracks', changed.facts.audio, silent);
    },
  },
  {
    name: 'a source is looked at once, and a stretch of its sound is asked for within limits',
    async holds(stage) {
      const { commands, source } = stage;
      const job = await commands.analyseSource(source.id);
      check('the job', job, { kind: 'analyse', class: 'decode', project_id: source.project_id });
      await stage.reaches(job.id, 'done');
      const known = need('the analysis', await commands.getSourceAnalysis(source.id));
      check('the analysis', known, { detail: 'full', has_sound: true });
      check('the first shot', known.shots[0], { start_us: 0, in: { kind: 'start' } });
      check('the last shot', known.shots.at(-1), { end_us: known.duration_us });
      const wave = (from: number, to: number, columns: number) =>
        commands.getSourceWaveform(source.id, from, to, columns);
      check('two figures a column', (await wave(0, SECOND_US, 10)).length, 20);
      await refused('no columns', wave(0, SECOND_US, 0), 'invalid', 'columns');
      await refused('many columns', wave(0, SECOND_US, 4_001), 'invalid', 'columns');
      await refused('an empty stretch', wave(SECOND_US, SECOND_US, 10), 'invalid', 'to_us');
    },
  },
];

export const segments: Step[] = [
  {
    name: 'a segment goes to the end, with the name of its source and the weight 1',
    async holds(stage) {
      const { commands } = stage;
      const [project, source] = await stage.projectWithFilm('Segments');
      const add = (segment: Partial<NewSegment>) =>
        commands.addSegment({ source_id: source.id, in_us: 0, out_us: SECOND_US, ...segment });
      const told = [{ type: 'segments_changed' as const, project_id: project.id }];
      const first = await stage.tells(told, () => add({}));
      check('the first', first, {
        project_id: project.id,
        source_id: source.id,
        name: source.name.replace(/\.[^.]*$/, ''),
        in_us: 0,
        out_us: SECOND_US,
        keywords: [],
        weight: 1,
        position: 0,
      });
      const keywords = [' sea ', 'SEA', '', 'sky'];
      const second = await add({ name: ' Waves ', keywords, weight: 100 });
      check('the second', second, { name: 'Waves', keywords: ['sea', 'sky'], weight: 100, position: 1 });
      checkSame('the list', await commands.listSegments(project.id), [first, second]);

      const end = source.facts.duration_us;
      const refusals: [Partial<NewSegment>, Field][] = [
        [{ in_us: -1 }, 'in_us'],
        [{ in_us: end, out_us: end + SECOND_US }, 'in_us'],
        [{ out_us: end + 1 }, 'out_us'],
        [{ out_us: 99_999 }, 'out_us'],
        [{ weight: 0 }, 'weight'],
        [{ weight: 101 }, 'weight'],
        [{ name: ' ' }, 'name'],
        [{ keywords: ['x'.repeat(61)] }, 'keywords'],
        [{ keywords: Array.from({ length: 51 }, (_, at) => `word ${at}`) }, 'keywords'],
      ];
      for (const [segment, field] of refusals) {
        await refused(`a segment with a bad ${field}`, add(segment), 'invalid', field);
      }
      check('the number of segments', (await commands.listSegments(project.id)).length, 2);
    },
  },
  {
    name: 'segments are changed field by field, put in order, given to another project, and removed',
    async holds(stage) {
      const { commands } = stage;
      const [project, source] = await stage.projectWithFilm('Order');
      const other = await stage.newProject('Other order');
      const told = [{ type: 'segments_changed' as const, project_id: project.id }];
      const ids: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        const made = await commands.addSegment({ source_id: source.id, in_us: 0, out_us: SECOND_US, name });
        ids.push(made.id);
      }
      const [a, b, c] = ids as [string, string, string];
      const names = async (id: string) =>
        (await commands.listSegments(id)).map(({ name, position }) => `${position} ${name}`);

      const before = (await commands.listSegments(project.id))[0];
      const changed = await stage.tells(told, () => commands.updateSegment(a, { out_us: 2 * SECOND_US }));
      checkSame('one field', changed, { ...before, out_us: 2 * SECOND_US });
      await refused('no length', commands.updateSegment(a, { in_us: 2 * SECOND_US }), 'invalid', 'out_us');

      await stage.tells(told, () => commands.reorderSegments(project.id, [c, a, b]));
      checkSame('the order', await names(project.id), ['0 c', '1 a', '2 b']);
      const reorder = (...order: string[]) => commands.reorderSegments(project.id, order);
      await refused('one is missing', reorder(c, a), 'invalid', 'ids');
      await refused('one is there twice', reorder(c, a, a), 'invalid', 'ids');
      await refused('the order of another project', commands.reorderSegments(other.id, [a]), 'not_found');

      await stage.tells([...told, { type: 'segments_changed', project_id: other.id }], () =>
        commands.updateSegment(c, { project_id: other.id }),
      );
      await commands.updateSegment(a, { project_id: other.id });
      checkSame('the other project', await names(other.id), ['0 c', '1 a']);
      checkSame('this project', await names(project.id), ['2 b']);

      await stage.tells(told, () => commands.removeSegment(b));
      checkSame('removed', await names(project.id), []);
      await refused('removed again', commands.removeSegment(b), 'not_found');
    },
  },
];
