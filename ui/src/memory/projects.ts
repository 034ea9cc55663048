/** Commands on projects, sources and segments. */
import type { ItemOutcome, Project, ProjectSort, Segment, Source } from '../platform/bindings';
import { AppFailure, asFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { addSource, nameOf, stemOf } from './footage';
import type { ProjectRow, SourceRow } from './library';
import { type Order, page } from './paging';
import {
  checkName,
  checkPoints,
  checkTarget,
  checkText,
  checkWithin,
  checkWords,
  fold,
  invalid,
  notFound,
} from './rules';
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
  name: { key: (row) => searchText(row), descending: false },
};

/** What a search looks through; it begins with the name. */
const searchText = (row: ProjectRow) => fold(`${row.name}\n${row.description}`);

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
export function outcome<T>(item: string, work: () => T | null): ItemOutcome<T> {
  try {
    return { item, done: structuredClone(work()), refused: null };
  } catch (thrown) {
    const { notice, detail } = asFailure(thrown);
    return { item, done: null, refused: { notice, detail } };
  }
}

export function projectCommands(world: World): Part {
  const shown = (row: ProjectRow): Project => structuredClone(world.library.shown(row));

  const projectChanged = (row: ProjectRow): Project => {
    world.emit(world.library, { type: 'projects_changed' });
    return shown(row);
  };

  const sourceChanged = (source: SourceRow) =>
    world.emit(world.library, { type: 'sources_changed', project_id: source.project_id });

  /** After a change of what is seen or heard of a source. */
  const outdateClips = (source: SourceRow) => {
    const { library } = world;
    const clips = [...library.clips.values()]
      .map(({ clip }) => clip)
      .filter(({ cuts }) => cuts.some((cut) => cut.source_id === source.id));
    for (const clip of clips) {
      Object.assign(clip, { has_file: false, revision: clip.revision + 1, changes: clip.changes + 1 });
    }
    for (const project_id of new Set(clips.map((clip) => clip.project_id))) {
      world.emit(library, { type: 'clips_changed', project_id });
    }
  };

  const requireNew = (project: string, path: string) => {
    if (world.library.sourcesOf(project).some((source) => source.path === path)) {
      throw new AppFailure({ code: 'already_added', name: nameOf(path) });
    }
  };

  const setRemoved = (id: string, removed: boolean): SourceRow => {
    const { library } = world;
    const source = library.source(id);
    if (source.removed && !removed) requireNew(source.project_id, source.path);
    source.removed = removed;
    library.project(source.project_id).updated_at_ms = world.now();
    sourceChanged(source);
    world.emit(library, { type: 'projects_changed' });
    return source;
  };

  const segmentsOf = (project: string): Segment[] =>
    [...world.library.segments.values()]
      .filter((segment) => segment.project_id === project)
      .sort((a, b) => a.position - b.position);

  const nextPosition = (project: string) =>
    Math.max(-1, ...segmentsOf(project).map((segment) => segment.position)) + 1;

  return {
    createProject: async (given) => {
      const now = world.now();
      const row: ProjectRow = {
        id: world.id('project'),
        name: checkName('name', given.name ?? ''),
        description: checkText('description', given.description ?? '', 2_000),
        context: checkText('context', given.context ?? '', 2_000),
        target_duration_us: checkTarget('target_duration_us', given.target_duration_us ?? 20 * US),
        status: 'active',
        created_at_ms: now,
        updated_at_ms: now,
        deleted_at_ms: null,
      };
      world.library.projects.set(row.id, row);
      return projectChanged(row);
    },
    listProjects: async (query) => {
      const wanted = fold(query.search?.trim() ?? '');
      const rows = [...world.library.projects.values()].filter(
        (row) =>
          (row.deleted_at_ms !== null) === (query.trashed ?? false) &&
          (!query.status || row.status === query.status) &&
          searchText(row).includes(wanted),
      );
      const found = page(rows, ORDERS[query.sort ?? 'recent'], query, { usual: 50, most: 200 });
      return { ...found, items: found.items.map(shown) };
    },
    getProject: async (id) => shown(world.library.project(id)),
    getProjectProgress: async (id) => world.library.progress(world.library.project(id).id),
    updateProject: async (id, patch) => {
      const row = world.library.liveProject(id);
      const next = { ...row, updated_at_ms: world.now() };
      if (patch.name != null) next.name = checkName('name', patch.name);
      if (patch.description != null) next.description = checkText('description', patch.description, 2_000);
      if (patch.context != null) next.context = checkText('context', patch.context, 2_000);
      if (patch.target_duration_us != null) {
        next.target_duration_us = checkTarget('target_duration_us', patch.target_duration_us);
      }
      if (patch.status != null) next.status = patch.status;
      Object.assign(row, next);
      for (const { clip } of world.library.clipsOf(id)) clip.project_name = row.name;
      return projectChanged(row);
    },
    deleteProject: async (id) => {
      const row = world.library.project(id);
      row.deleted_at_ms ??= world.now();
      return projectChanged(row);
    },
    restoreProject: async (id) => {
      const row = world.library.project(id);
      row.deleted_at_ms = null;
      return projectChanged(row);
    },
    addSources: async (project, paths, copy) => {
      const library = world.library;
      const row = library.liveProject(project);
      world.needFfmpeg();
      if (paths.length === 0) return [];
      const outcomes = paths.flatMap(filesIn).map((path) =>
        outcome(path, () => {
          const name = nameOf(path);
          if (!VIDEO.test(name)) {
            throw new AppFailure({ code: 'not_a_video', name, why: 'unrecognised' });
          }
          requireNew(project, path);
          return plain(addSource(world, library, project, path));
        }),
      );
      if (outcomes.some(({ done }) => done)) {
        row.updated_at_ms = world.now();
        world.emit(library, { type: 'sources_changed', project_id: project }, { type: 'projects_changed' });
      }
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
    listAllSources: async () => world.library.allSources().map(plain),
    getSource: async (id) => plain(world.library.source(id)),
    removeSource: async (id) => {
      setRemoved(id, true);
      return null;
    },
    restoreSource: async (id) => plain(setRemoved(id, false)),
    relinkSource: async (id, path, acceptDifferent) => {
      const source = world.library.source(id);
      const isOther = nameOf(path) !== source.name;
      if (isOther && !acceptDifferent) {
        throw new AppFailure({
          code: 'different_footage',
          name: nameOf(path),
          original: source.name,
          why: 'different',
        });
      }
      Object.assign(source, { path, name: nameOf(path), state: 'ready' });
      sourceChanged(source);
      if (isOther) outdateClips(source);
      return plain(source);
    },
    setSourceSound: async (id, tracks) => {
      const source = world.library.source(id);
      const facts = structuredClone(source.facts);
      for (const { stream_index, used } of tracks) {
        const track = facts.audio.find((one) => one.stream_index === stream_index);
        if (!track) throw invalid('tracks', { why: 'no_such_track' });
        track.used = used;
      }
      const isOther = JSON.stringify(facts.audio) !== JSON.stringify(source.facts.audio);
      source.facts = facts;
      sourceChanged(source);
      if (isOther) outdateClips(source);
      world.emit(world.library, { type: 'projects_changed' }, { type: 'analysis_changed', source_id: id });
      return plain(source);
    },
    revealSource: async (id) => {
      world.library.source(id);
      return null;
    },
    addSegment: async (given) => {
      const source = world.library.source(given.source_id);
      world.library.liveProject(source.project_id);
      checkPoints(given, source.facts.duration_us);
      const segment: Segment = {
        id: world.id('segment'),
        project_id: source.project_id,
        source_id: source.id,
        name: checkName('name', given.name ?? stemOf(source.name)),
        in_us: given.in_us,
        out_us: given.out_us,
        keywords: checkWords('keywords', given.keywords ?? []),
        weight: checkWithin('weight', given.weight ?? 1, 1, 100),
        position: nextPosition(source.project_id),
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
      if (patch.weight != null) next.weight = checkWithin('weight', patch.weight, 1, 100);
      next.in_us = patch.in_us ?? next.in_us;
      next.out_us = patch.out_us ?? next.out_us;
      checkPoints(next, world.library.source(next.source_id).facts.duration_us);
      next.project_id = world.library.liveProject(patch.project_id ?? segment.project_id).id;
      if (next.project_id !== segment.project_id) next.position = nextPosition(next.project_id);
      for (const project of new Set([next.project_id, segment.project_id])) {
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
      if (ids.some((id) => !known.some((segment) => segment.id === id))) throw notFound('segment');
      if (ids.length !== known.length || known.some((segment) => !ids.includes(segment.id))) {
        throw invalid('ids', { why: 'segments_incomplete' });
      }
      ids.forEach((id, position) => (world.library.segment(id).position = position));
      world.emit(world.library, { type: 'segments_changed', project_id: project });
      return structuredClone(segmentsOf(project));
    },
  };
}
