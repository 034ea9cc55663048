/** Projects: defaults, limits, lists, and the trash. */
import type { Field, NewProject, ProjectQuery } from '../platform/bindings';
import { check, checkMore, checkSame, refused } from './check';
import type { Stage, Step } from './stage';

const CHANGED = [{ type: 'projects_changed' }] as const;

/** The names of a list, page by page. */
async function namesOf({ commands }: Stage, query: ProjectQuery): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof commands.listProjects>> = await commands.listProjects({
      ...query,
      cursor,
    });
    names.push(...page.items.map(({ name }) => name));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return names;
}

export const projects: Step[] = [
  {
    name: 'a new project has a trimmed name, nothing in it, and the usual target duration',
    async holds(stage) {
      const { commands } = stage;
      const made = await stage.tells([...CHANGED], () => commands.createProject({ name: ' Harbour ' }));
      check('the project', made, {
        name: 'Harbour',
        description: '',
        context: '',
        target_duration_us: 20_000_000,
        status: 'active',
        deleted_at_ms: null,
        counts: { sources: 0, sources_us: 0, clips: 0, picked: 0, rejected: 0, finals: 0 },
        cover_clips: [],
      });
      checkSame('read again', await commands.getProject(made.id), made);
      checkSame('its progress', await commands.getProjectProgress(made.id), {
        project_id: made.id,
        jobs: [],
        progress_bp: 10_000,
        eta_s: null,
        counts: made.counts,
      });
    },
  },
  {
    name: 'a project beyond the limits is refused by its field',
    async holds({ commands }) {
      const { total } = await commands.listProjects({});
      const refusals: [NewProject, Field][] = [
        [{}, 'name'],
        [{ name: ' ' }, 'name'],
        [{ name: 'x'.repeat(201) }, 'name'],
        [{ name: 'two\nlines' }, 'name'],
        [{ name: 'A', description: 'x'.repeat(2_001) }, 'description'],
        [{ name: 'A', context: 'x'.repeat(2_001) }, 'context'],
        [{ name: 'A', target_duration_us: 999_999 }, 'target_duration_us'],
        [{ name: 'A', target_duration_us: 600_000_001 }, 'target_duration_us'],
      ];
      for (const [project, field] of refusals) {
        await refused(`a project with a bad ${field}`, commands.createProject(project), 'invalid', field);
      }
      check('the number of projects', (await commands.listProjects({})).total, total);
    },
  },
  {
    name: 'a patch of a project changes what it names, and the names on its clips',
    async holds(stage) {
      const { commands, project } = stage;
      const before = await commands.getProject(project.id);
      const changed = await stage.tells([...CHANGED], () =>
        commands.updateProject(project.id, { name: ' Zebra crossing ', status: 'done' }),
      );
      checkSame('the project', changed, {
        ...before,
        name: 'Zebra crossing',
        status: 'done',
        updated_at_ms: changed.updated_at_ms,
      });
      check('its clip', await commands.getClip(stage.clip(0).id), {
        clip: { project_name: 'Zebra crossing' },
      });
      check('no clip is found by it', (await commands.listAllClips({ search: 'zebra' })).total, 0);
      check('of its status', await commands.listProjects({ status: 'done' }), { total: 1 });
      await refused('no name', commands.updateProject(project.id, { name: '' }), 'invalid', 'name');
      await commands.updateProject(project.id, { name: before.name, status: before.status });
    },
  },
  {
    name: 'projects are found in name and description whatever their case, sorted, and paged without loss',
    async holds(stage) {
      const { commands } = stage;
      for (const name of ['page Gamma', 'Page alpha', 'PAGE beta', 'Straße']) await stage.newProject(name);
      await commands.createProject({ name: 'Omega', description: 'the last page' });
      const found = { search: ' paGE ', limit: 2 };
      const sorted = ['Omega', 'Page alpha', 'PAGE beta', 'page Gamma'];
      checkSame('by name', await namesOf(stage, { ...found, sort: 'name' }), sorted);
      const made = ['Omega', 'PAGE beta', 'Page alpha', 'page Gamma'];
      checkSame('newest first', await namesOf(stage, { ...found, sort: 'created' }), made);
      check('in all', (await commands.listProjects(found)).total, 4);
      check('a long s', (await commands.listProjects({ search: 'STRASSE' })).total, 1);
    },
  },
  {
    name: 'a page has a size within limits, and a cursor that is one',
    async holds({ commands }) {
      await refused('an empty page', commands.listProjects({ limit: 0 }), 'invalid', 'limit');
      await refused('a large page', commands.listProjects({ limit: 201 }), 'invalid', 'limit');
      await refused('no cursor', commands.listProjects({ cursor: 'next' }), 'invalid', 'cursor');
      await refused('a large page of clips', commands.listAllClips({ limit: 501 }), 'invalid', 'limit');
      await refused('no cursor of clips', commands.listAllClips({ cursor: '[]' }), 'invalid', 'cursor');
      await refused('a long list of jobs', commands.listJobs({ limit: 2_001 }), 'invalid', 'limit');
    },
  },
  {
    name: 'a project in the trash is out of the lists, cannot be changed, and comes back as it was',
    async holds(stage) {
      const { commands } = stage;
      const [project, source] = await stage.projectWithFilm('Thrown away');
      const before = await commands.getProject(project.id);
      const overview = await commands.profileOverview();
      const trashed = await stage.tells([...CHANGED], () => commands.deleteProject(project.id));
      checkMore('when', trashed.deleted_at_ms ?? 0, 0);
      checkSame('again', await commands.deleteProject(project.id), trashed);
      const search = 'Thrown';
      check('in the list', (await commands.listProjects({ search })).total, 0);
      check('in the trash', await commands.listProjects({ search, trashed: true }), { items: [trashed] });
      checkSame('read', await commands.getProject(project.id), trashed);
      check('the overview', await commands.profileOverview(), {
        projects: overview.projects - 1,
        sources: overview.sources - 1,
        sources_us: overview.sources_us - source.facts.duration_us,
      });
      await refused('a change', commands.updateProject(project.id, { name: 'A' }), 'not_found');
      const paths = [stage.bench.films[1]];
      await refused('a source', commands.addSources(project.id, paths, false), 'not_found');
      const point = { source_id: source.id, in_us: 0, out_us: 1_000_000 };
      await refused('a segment', commands.addSegment(point), 'not_found');
      const request = { kind: 'highlight', count: 1 } as const;
      await refused('clips', commands.generateRawClips(project.id, request), 'not_found');
      const all = (await commands.listAllSources()).map(({ id }) => id);
      check('its source among all', all.includes(source.id), false);
      check('its source', await commands.listSources(project.id), [{ id: source.id }]);
      const restored = await stage.tells([...CHANGED], () => commands.restoreProject(project.id));
      checkSame('restored', restored, before);
    },
  },
];
