/** Commands on projects, sources and segments. */
import type { ItemOutcome, Project, ProjectSort, Segment, Source } from '../platform/bindings';
import { AppFailure, asFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { addSource, nameOf } from './footage';
import type { ProjectRow, SourceRow } from './library';
import { type Order, page } from './paging';
import { checkName, checkTarget, checkText, checkWithin, checkWords, fold, invalid } from './rules';
import type { World } from './world';

type Part = Pick<
  Commands,
  | 'createProject'
  | 'listProjects'
  | 'getProject'
  | 'getProjectProgress'
  | 'updateProject'
  | 'deleteProject'
  | 'restoreProject'
  | 'addSources'
  | 'listSources'
  | 'listAllSources'
  | 'getSource'
  | 'removeSource'
  | 'restoreSource'
  | 'relinkSource'
  | 'setSourceSound'
  | 'revealSource'
  | 'addSegment'
  | 'listSegments'
  | 'updateSegment'
  | 'removeSegment'
  | 'reorderSegments'
>;

const US = 1_000_000;
const VIDEO = /\.(mov|mp4|m4v|mkv|avi|mts|m2ts|webm|mxf|mpg|3gp)$/i;

const ORDERS: Record<ProjectSort, Order<ProjectRow>> = {
  recent: { key: (row) => row.updated_at_ms, descending: true },
  created: { key: (row) => row.created_at_ms, descending: true },
  name: { key: (row) => fold(row.name), descending: false },
};

function plain(row: SourceRow): Source {
  const source: Source & { removed?: boolean } = structuredClone(row);
  delete source.removed;
  return source;
}

/** Content of a folder, if a path names no file. */
function filesIn(path: string): string[] {
  const bare = path.replace(/\/+$/, '');
  return /\.[a-z0-9]{2,5}$/i.test(bare) ? [bare] : [`${bare}/C0001.MP4`, `${bare}/C0002.MP4`];
}

/** Runs one item of a bulk call; a refused one does not stop the rest. */
export function outcome<T>(item: string, work: () => T): ItemOutcome<T> {
  try {
    return { item, done: structuredClone(work()), refused: null };
  } catch (thrown) {
    const { notice, detail } = asFailure(thrown);
    return { item, done: null, refused: { notice, detail } };
  }
}

export function projectCommands(world: World): Part {
  const shown = (row: ProjectRow): Project => structuredClone(world.library.shown(row));

  const touch = (row: ProjectRow): Project => {
    row.updated_at_ms = world.now();
    world.emit(world.library, { type: 'projects_changed' });
    return shown(row);
  };

  const sourceChanged = (source: SourceRow) =>
    world.emit(world.library, { type: 'sources_changed', project_id: source.project_id });

  const segmentsOf = (project: string): Segment[] =>
    [...world.library.segments.values()]
      .filter((segment) => segment.project_id === project)
      .sort((a, b) => a.position - b.position);

  const checkRange = (source: SourceRow, in_us: number, out_us: number) => {
    if (in_us < 0 || out_us > source.facts.duration_us)
      throw invalid('out_us', { why: 'out_point_outside' });
    if (out_us - in_us < US / 10) throw invalid('out_us', { why: 'piece_too_short' });
  };

  return {
    createProject: async (given) => {
      const now = world.now();
      const row: ProjectRow = {
        id: world.id('project'),
        name: checkName('name', given.name ?? 'Untitled project'),
        description: checkText('description', given.description ?? '', 2_000),
        context: checkText('context', given.context ?? '', 2_000),
        target_duration_us: checkTarget('target_duration_us', given.target_duration_us ?? 20 * US),
        status: 'active',
        created_at_ms: now,
        updated_at_ms: now,
        deleted_at_ms: null,
      };
      world.library.projects.set(row.id, row);
      return touch(row);
    },
    listProjects: async (query) => {
      const wanted = fold(query.search?.trim() ?? '');
      const rows = [...world.library.projects.values()].filter(
        (row) =>
          (row.deleted_at_ms !== null) === (query.trashed ?? false) &&
          (!query.status || row.status === query.status) &&
          fold(`${row.name}\n${row.description}`).includes(wanted),
      );
      const found = page(rows, ORDERS[query.sort ?? 'recent'], query, 50);
      return { ...found, items: found.items.map(shown) };
    },
    getProject: async (id) => shown(world.library.project(id)),
    getProjectProgress: async (id) => world.library.progress(world.library.project(id).id),
    updateProject: async (id, patch) => {
      const row = world.library.project(id);
      const next = { ...row };
      if (patch.name != null) next.name = checkName('name', patch.name);
      if (patch.description != null) next.description = checkText('description', patch.description, 2_000);
      if (patch.context != null) next.context = checkText('context', patch.context, 2_000);
      if (patch.target_duration_us != null) {
        next.target_duration_us = checkTarget('target_duration_us', patch.target_duration_us);
      }
      if (patch.status != null) next.status = patch.status;
      Object.assign(row, next);
      for (const { clip } of world.library.clipsOf(id)) clip.project_name = row.name;
      return touch(row);
    },
    deleteProject: async (id) => {
      const row = world.library.project(id);
      row.deleted_at_ms ??= world.now();
      return touch(row);
    },
    restoreProject: async (id) => {
      const row = world.library.project(id);
      row.deleted_at_ms = null;
      return touch(row);
    },
    addSources: async (project, paths, copy) => {
      const library = world.library;
      const row = library.project(project);
      world.needFfmpeg();
      const outcomes = paths.flatMap(filesIn).map((path) =>
        outcome(path, () => {
          const name = nameOf(path);
          if (!VIDEO.test(name)) {
            throw new AppFailure({ code: 'not_a_video', name, why: 'unrecognised' });
          }
          if (library.sourcesOf(project).some((source) => source.path === path)) {
            throw new AppFailure({ code: 'already_added', name });
          }
          return plain(addSource(world, library, project, path));
        }),
      );
      row.updated_at_ms = world.now();
      world.emit(library, { type: 'sources_changed', project_id: project });
      const refused = outcomes.flatMap(({ item, refused: why }) =>
        why ? [{ source_id: world.id('source'), name: nameOf(item), notice: why.notice }] : [],
      );
      const [only, ...more] = outcomes;
      const title = only && more.length === 0 ? nameOf(only.item) : row.name;
      world.did(library, { kind: 'ingest', title, project_id: project }, copy ? 'copying' : 'probing', {
        type: 'sources',
        added: outcomes.length - refused.length,
        refused,
      });
      return outcomes;
    },
    listSources: async (project) => world.library.sourcesOf(world.library.project(project).id).map(plain),
    listAllSources: async () => [...world.library.sources.values()].filter((row) => !row.removed).map(plain),
    getSource: async (id) => plain(world.library.source(id)),
    removeSource: async (id) => {
      const source = world.library.source(id);
      source.removed = true;
      sourceChanged(source);
      return null;
    },
    restoreSource: async (id) => {
      const source = world.library.source(id);
      source.removed = false;
      sourceChanged(source);
      return plain(source);
    },
    relinkSource: async (id, path, acceptDifferent) => {
      const source = world.library.source(id);
      if (nameOf(path) !== source.name && !acceptDifferent) {
        throw new AppFailure({
          code: 'different_footage',
          name: nameOf(path),
          original: source.name,
          why: 'different',
        });
      }
      Object.assign(source, { path, name: nameOf(path), state: 'ready' });
      sourceChanged(source);
      return plain(source);
    },
    setSourceSound: async (id, tracks) => {
      const source = world.library.source(id);
      const { audio } = source.facts;
      for (const { stream_index, used } of tracks) {
        const track = audio.find((one) => one.stream_index === stream_index);
        if (!track) throw invalid('tracks', { why: 'no_such_track' });
        track.used = used;
      }
      sourceChanged(source);
      return plain(source);
    },
    revealSource: async (id) => {
      world.library.source(id);
      return null;
    },
    addSegment: async (given) => {
      const source = world.library.source(given.source_id);
      checkRange(source, given.in_us, given.out_us);
      const others = segmentsOf(source.project_id);
      const segment: Segment = {
        id: world.id('segment'),
        project_id: source.project_id,
        source_id: source.id,
        name: checkName('name', given.name ?? `Segment ${others.length + 1}`),
        in_us: given.in_us,
        out_us: given.out_us,
        keywords: checkWords('keywords', given.keywords ?? []),
        weight: checkWithin('weight', given.weight ?? 1, 0, 100),
        position: others.length,
      };
      world.library.segments.set(segment.id, segment);
      world.emit(world.library, { type: 'segments_changed', project_id: segment.project_id });
      return structuredClone(segment);
    },
    listSegments: async (project) => structuredClone(segmentsOf(world.library.project(project).id)),
    updateSegment: async (id, patch) => {
      const segment = world.library.segment(id);
      const next = { ...segment };
      if (patch.name != null) next.name = checkName('name', patch.name);
      if (patch.keywords != null) next.keywords = checkWords('keywords', patch.keywords);
      if (patch.weight != null) next.weight = checkWithin('weight', patch.weight, 0, 100);
      if (patch.project_id != null) next.project_id = world.library.project(patch.project_id).id;
      next.in_us = patch.in_us ?? next.in_us;
      next.out_us = patch.out_us ?? next.out_us;
      checkRange(world.library.source(next.source_id), next.in_us, next.out_us);
      for (const project of new Set([segment.project_id, next.project_id])) {
        world.emit(world.library, { type: 'segments_changed', project_id: project });
      }
      return structuredClone(Object.assign(segment, next));
    },
    removeSegment: async (id) => {
      const segment = world.library.segment(id);
      world.library.segments.delete(id);
      world.emit(world.library, { type: 'segments_changed', project_id: segment.project_id });
      return null;
    },
    reorderSegments: async (project, ids) => {
      const known = segmentsOf(world.library.project(project).id);
      if (ids.length !== known.length || known.some((segment) => !ids.includes(segment.id))) {
        throw invalid('ids', { why: 'segments_incomplete' });
      }
      ids.forEach((id, position) => (world.library.segment(id).position = position));
      world.emit(world.library, { type: 'segments_changed', project_id: project });
      return structuredClone(segmentsOf(project));
    },
  };
}
