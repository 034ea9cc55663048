/** The queue, and the work that goes through it: generations and finals. */
import type { Job } from '../platform/bindings';
import { check, checkMore, checkSame, need, refused } from './check';
import type { Stage, Step } from './stage';

const PRESETS = ['tiktok', 'square', 'x'];
/** Made in a moment. */
const LOSSLESS = 'lossless_cut';

/** The jobs of a batch in the order in which they start. */
async function inOrder({ commands }: Stage, batch_id: string): Promise<Job[]> {
  const jobs = await commands.listJobs({ batch_id, active: true });
  return jobs.sort((a, b) => a.position - b.position);
}

const idsOf = (jobs: readonly Job[]) => jobs.map(({ id }) => id);

const jobTold = (job: Partial<Job>) => ({ type: 'job_changed' as const, job });

export const queue: Step[] = [
  {
    name: 'in a queue that is held work waits, is paused, put in another order, cancelled and tried again',
    async holds(stage) {
      const { commands, project } = stage;
      const clip = stage.clip(2).id;
      await stage.idle();
      const held = await stage.tells([{ type: 'queue_changed' }], () => commands.holdQueue());
      check('the queue', held, { held: 'editor', running: 0, waiting: 0, paused: 0 });

      const answers = await stage.tells([jobTold({ kind: 'render', clip_id: clip, state: 'queued' })], () =>
        commands.bulkRenderClips([clip], PRESETS, null),
      );
      checkSame(
        'the items',
        answers.map(({ item }) => item),
        PRESETS.map((preset) => `${clip} ${preset}`),
      );
      const [first, second, third] = answers.map(({ done }) => need('a job', done)) as [Job, Job, Job];
      const batch = need('the batch', first.batch_id);
      for (const job of [first, second, third]) {
        check('a job', job, {
          project_id: project.id,
          batch_id: batch,
          class: 'encode',
          pause_reason: null,
          progress_bp: 0,
          attempts: 0,
          started_at_ms: null,
          ended_at_ms: null,
          result: null,
        });
      }
      checkSame('the order', idsOf(await inOrder(stage, batch)), [first.id, second.id, third.id]);
      check('the queue', await commands.getQueue(), { waiting: 3, paused: 0, running: 0 });
      check('the clip', await commands.getClip(clip), { clip: { final_status: 'rendering' } });
      const { counts } = await commands.getProject(project.id);
      check('the progress', await commands.getProjectProgress(project.id), {
        progress_bp: 0,
        eta_s: null,
        counts,
      });
      await refused('the same final', commands.renderFinalClip(clip, 'square', null), 'busy');
      check('the same finals', await commands.bulkRenderClips([clip], ['x'], null), [
        { refused: { notice: { code: 'busy' } } },
      ]);

      const paused = await stage.tells([jobTold({ id: first.id, state: 'paused' })], () =>
        commands.pauseJob(first.id),
      );
      check('paused', paused, { state: 'paused', pause_reason: 'editor' });
      checkMore('its revision', paused.revision, first.revision);
      check('paused again', await commands.pauseJob(first.id), {
        state: 'paused',
        revision: paused.revision,
      });
      check('the queue', await commands.getQueue(), { waiting: 2, paused: 1 });
      check('what is not over', (await commands.getProjectProgress(project.id)).jobs.length, 3);

      await stage.tells([{ type: 'queue_changed' }], () => commands.moveJob(third.id, first.id));
      checkSame('moved', idsOf(await inOrder(stage, batch)), [third.id, first.id, second.id]);
      await commands.moveJob(third.id, third.id);
      checkSame('before itself', idsOf(await inOrder(stage, batch)), [third.id, first.id, second.id]);
      await commands.moveJob(first.id, null);
      checkSame('behind all', idsOf(await inOrder(stage, batch)), [third.id, second.id, first.id]);

      const resumed = await stage.tells([jobTold({ id: first.id, state: 'queued' })], () =>
        commands.resumeJob(first.id),
      );
      check('it waits again', resumed, { state: 'queued', pause_reason: null });
      checkMore('its revision', resumed.revision, paused.revision);
      check('resumed again', await commands.resumeJob(first.id), { state: 'queued' });
      check('tried again', await commands.retryJob(first.id), { id: first.id, state: 'queued' });

      const cancelled = await stage.tells(
        [
          jobTold({ id: second.id, state: 'cancelled' }),
          { type: 'clips_changed', project_id: project.id },
          { type: 'projects_changed' },
        ],
        () => commands.cancelJob(second.id),
      );
      check('cancelled', cancelled, { state: 'cancelled', stage: null, error: null });
      checkMore('when', cancelled.ended_at_ms ?? 0, 0);
      checkSame('cancelled again', await commands.cancelJob(second.id), cancelled);
      checkSame('paused', await commands.pauseJob(second.id), cancelled);
      checkSame('resumed', await commands.resumeJob(second.id), cancelled);
      await refused('moved', commands.moveJob(second.id, null), 'invalid', 'job');
      await refused('moved before it', commands.moveJob(third.id, second.id), 'invalid', 'job');

      const again = await commands.retryJob(second.id);
      check('tried again', again, { state: 'queued', title: second.title, batch_id: batch, clip_id: clip });
      check('as another job', again.id === second.id, false);
      await refused('and again', commands.retryJob(second.id), 'busy');
      checkSame('behind', idsOf(await inOrder(stage, batch)), [third.id, first.id, again.id]);

      const ended = await commands.cancelBatch(batch);
      checkSame('the batch', idsOf(ended).sort(), [third.id, first.id, again.id].sort());
      checkSame('once more', await commands.cancelBatch(batch), []);
      check('the clip', await commands.getClip(clip), { clip: { final_status: 'none' } });
      const log = await commands.getJobLog(first.id);
      checkSame(
        'the log',
        log.map(({ number, event, words }) => [number, event, words]),
        [
          [1, 'queued', null],
          [2, 'paused', 'editor'],
          [3, 'resumed', null],
          [4, 'cancelled', null],
        ],
      );
      const released = await stage.tells([{ type: 'queue_changed' }], () => commands.releaseQueue());
      check('released', released, { held: null, waiting: 0, paused: 0 });
    },
  },
  {
    name: 'a project with one job does not wait for all of another project',
    async holds(stage) {
      const { commands } = stage;
      const [, , [clip]] = await stage.projectWithClips('One final', 1);
      await stage.idle();
      await stage.held(async () => {
        const many = await commands.bulkRenderClips([stage.clip(2).id], PRESETS, null);
        const one = await commands.renderFinalClip(need('the clip', clip).id, 'square', null);
        const positions = many.map(({ done }) => need('a job', done).position);
        checkMore('the second of many', need('a position', positions[1]), one.position);
        await commands.cancelJob(one.id);
        await commands.cancelBatch(need('the batch', many[0]?.done?.batch_id));
      });
    },
  },
  {
    name: 'holding the queue of a profile pauses what runs, and does not touch that of another',
    async holds(stage) {
      const { commands, source } = stage;
      const { id } = stage.clip(3);
      // Long enough to be caught at work.
      const cuts = [{ source_id: source.id, in_us: 0, out_us: source.facts.duration_us }];
      await commands.updateClip(id, { cuts });
      await stage.idle();
      const job = await commands.renderFinalClip(id, 'youtube_1080p', null);
      check('a single final', job.batch_id, null);
      await stage.reaches(job.id, 'running');
      check('held', await commands.holdQueue(), { held: 'editor', running: 0, paused: 1 });
      const paused = await commands.getJob(job.id);
      check('the job', paused, { state: 'paused', pause_reason: 'queue', attempts: 1 });
      check('to the other profile', await stage.asBen(() => commands.getQueue()), {
        held: null,
        waiting: 0,
        others_running: 0,
        others_waiting: 1,
      });
      check('released', await commands.releaseQueue(), { held: null, paused: 0 });
      const running = await stage.reaches(job.id, 'running');
      check('it goes on', running, { pause_reason: null, attempts: 1 });
      checkMore('its revision', running.revision, paused.revision);
      await commands.cancelJob(job.id);
      await stage.reaches(job.id, 'cancelled');
      check('the clip', await commands.getClip(id), { clip: { final_status: 'none' }, exports: [] });
    },
  },
  {
    name: 'clips are made of what there is, within limits, and by one job of a project at a time',
    async holds(stage) {
      const { commands, source } = stage;
      const empty = await stage.newProject('Nothing in it');
      const make = (project: string, more: object = {}) =>
        commands.generateRawClips(project, { kind: 'highlight', count: 1, ...more });
      const variants = (project: string, more: object = {}) =>
        commands.generateFromSegments(project, {
          variant_count: 1,
          selection_mode: 'random',
          target_duration_us: 2_000_000,
          ...more,
        });
      await refused('no footage', make(empty.id), 'no_sources');
      await refused('no segments', variants(empty.id), 'no_segments');
      await refused('footage of another project', make(empty.id, { source_ids: [source.id] }), 'not_found');
      for (const count of [0, 51]) {
        await refused(`${count} clips`, make(empty.id, { count }), 'invalid', 'count');
        await refused(
          `${count} variants`,
          variants(empty.id, { variant_count: count }),
          'invalid',
          'variant_count',
        );
      }
      const target_duration_us = 999_999;
      await refused('short clips', make(empty.id, { target_duration_us }), 'invalid', 'target_duration_us');
      await refused(
        'short variants',
        variants(empty.id, { target_duration_us }),
        'invalid',
        'target_duration_us',
      );

      const [project, film] = await stage.projectWithFilm('One at a time');
      const segment = await commands.addSegment({ source_id: film.id, in_us: 0, out_us: 2_000_000 });
      await refused(
        'a segment of another project',
        variants(empty.id, { segment_ids: [segment.id] }),
        'not_found',
      );
      await stage.idle();
      await stage.held(async () => {
        const job = await make(project.id);
        check('the job', job, { kind: 'generate', class: 'decode', title: project.name, state: 'queued' });
        await refused('a second one', make(project.id), 'busy');
        await refused('one of segments', variants(project.id), 'busy');
        await commands.pauseJob(job.id);
        await refused('while it is paused', make(project.id), 'busy');
        await commands.cancelJob(job.id);
        const again = await commands.retryJob(job.id);
        await commands.cancelJob(again.id);
      });
      check('its clips', (await commands.listProjectClips(project.id, {})).total, 0);
    },
  },
];

export const finals: Step[] = [
  {
    name: 'a final is up to date until its clip shows something else, and again when it shows the same',
    async holds(stage) {
      const { commands, project } = stage;
      const { id } = stage.clip(0);
      await refused('no preset', commands.estimateRender([id], ['none']), 'not_found');
      await refused('no preset', commands.renderFinalClip(id, 'none', null), 'not_found');
      const estimate = async () => need('the estimate', (await commands.estimateRender([id], [LOSSLESS]))[0]);
      check('the estimate', await estimate(), {
        clip_id: id,
        preset: LOSSLESS,
        missing: [],
        up_to_date: null,
      });
      const job = await stage.tells(
        [
          { type: 'exports_changed', project_id: project.id },
          { type: 'clips_changed', project_id: project.id },
          { type: 'projects_changed' },
          jobTold({ kind: 'render', clip_id: id, state: 'done' }),
        ],
        async () => stage.reaches((await commands.renderFinalClip(id, LOSSLESS, null)).id, 'done'),
      );
      check('the job', job, {
        progress_bp: 10_000,
        class: 'light',
        stage: null,
        attempts: 1,
        result: { type: 'final' },
      });
      const [final] = await commands.listExports(project.id);
      const { id: made } = need('the final', final);
      check('the final', final, {
        clip_id: id,
        project_id: project.id,
        preset: LOSSLESS,
        job_id: job.id,
        stale: false,
      });
      check('the result', job.result, { export_id: made });
      check('the counts', (await commands.getProject(project.id)).counts, { finals: 1 });
      check('over', await commands.cancelJob(job.id), { state: 'done' });
      await refused('tried again', commands.retryJob(job.id), 'job_over');

      const standing = async () => {
        const { clip, exports } = await commands.getClip(id);
        return [clip.final_status, exports.map(({ stale }) => stale), (await estimate()).up_to_date];
      };
      checkSame('as it is', await standing(), ['done', [false], made]);
      await commands.updateClipContent(id, { script: 'Other words' });
      checkSame('with a script', await standing(), ['done', [false], made]);
      await commands.updateClipContent(id, { style: { bold: false } });
      checkSame('with a style of no captions', await standing(), ['done', [false], made]);
      await commands.updateClip(id, { framing: { centre_x_bp: 1_000 } });
      checkSame('framed otherwise', await standing(), ['stale', [true], null]);
      await commands.updateClip(id, { framing: { centre_x_bp: 5_000 } });
      checkSame('framed as before', await standing(), ['done', [false], made]);
    },
  },
  {
    name: 'a final that is rendered again is another one, and those of a clip in the trash are not listed',
    async holds(stage) {
      const { commands, project } = stage;
      const { id } = stage.clip(0);
      const [before] = await commands.listExports(project.id);
      const job = await commands.renderFinalClip(id, LOSSLESS, null);
      await stage.reaches(job.id, 'done');
      const exports = await commands.listExports(null);
      check('newest first', exports, [{ job_id: job.id }, { id: before?.id }]);
      checkSame('those of the clip', (await commands.getClip(id)).exports, exports);
      check('the overview', await commands.profileOverview(), { finals: 2 });
      await commands.deleteClip(id);
      checkSame('in the trash', await commands.listExports(project.id), []);
      check('the counts', (await commands.getProject(project.id)).counts, { finals: 0 });
      await commands.restoreClips([id]);
      checkSame('restored', await commands.listExports(project.id), exports);
    },
  },
];
