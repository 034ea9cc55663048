/** Commands on clips: listing, rating, editing, and the trash. */
import type { Clip, ClipQuery, ClipSort, Flag, JobResult, Page } from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { clearClipFiles, clipBytes, clipFilesOnDisk, makeClipFile } from './clip-files';
import { checkCues, checkCuts, followCues, lengthOf, over, styleOver } from './edits';
import { type ClipRow, editOf, type Library } from './library';
import { compare, type Order, page } from './paging';
import { outcome } from './projects';
import { checkName, checkText, checkWithin, checkWords, fold, notFound } from './rules';
import type { World } from './world';

type Part = Pick<
  Commands,
  | 'listProjectClips'
  | 'listAllClips'
  | 'getClip'
  | 'updateClip'
  | 'toggleClipSelection'
  | 'bulkSelectClips'
  | 'removeClipAudio'
  | 'restoreClipAudio'
  | 'deleteClip'
  | 'bulkDeleteClips'
  | 'restoreClips'
  | 'emptyTrash'
  | 'updateClipContent'
  | 'importClipCaptions'
  | 'listAllTags'
  | 'makeClipFiles'
  | 'clearClipFiles'
  | 'revealClip'
>;

/** Most clips in one event; of more, only their projects are told. */
const TOLD_MAX = 200;

const ORDERS: Record<ClipSort, Order<Clip>> = {
  oldest: { key: () => 0, descending: false },
  newest: { key: () => 0, descending: true },
  score: { key: (clip) => clip.score_bp, descending: true },
  rating: { key: (clip) => clip.rating, descending: true },
  duration: { key: (clip) => clip.duration_us, descending: true },
  name: { key: (clip) => searchText(clip), descending: false },
};

/** What a search looks through; it begins with the name. */
const searchText = (clip: Clip) => fold(`${clip.name}\n${clip.tags.join('\n')}`);

function matches(clip: Clip, query: ClipQuery): boolean {
  const wanted = fold(query.search?.trim() ?? '');
  return (
    (!query.flag || clip.flag === query.flag) &&
    (query.min_rating == null || clip.rating >= query.min_rating) &&
    (!query.tag || clip.tags.includes(query.tag)) &&
    (!query.origin || clip.origin === query.origin) &&
    (!query.final_status || clip.final_status === query.final_status) &&
    (query.min_duration_us == null || clip.duration_us >= query.min_duration_us) &&
    (query.below_duration_us == null || clip.duration_us < query.below_duration_us) &&
    (query.made_since_ms == null || clip.created_at_ms >= query.made_since_ms) &&
    searchText(clip).includes(wanted)
  );
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export function clipCommands(world: World): Part {
  const list = (project: string | null, query: ClipQuery): Page<Clip> => {
    const library = world.library;
    if (query.min_rating != null) checkWithin('min_rating', query.min_rating, 0, 5);
    if (project !== null) library.project(project);
    const rows = [...library.clips.values()]
      .filter((row) => project === null || row.clip.project_id === project)
      .filter((row) => (query.trashed ? row.clip.deleted_at_ms !== null : library.isLive(row)))
      .map(({ clip }) => clip)
      .filter((clip) => matches(clip, query));
    return structuredClone(page(rows, ORDERS[query.sort ?? 'oldest'], query, { usual: 100, most: 500 }));
  };

  /** Tells that clips changed and are where they were. */
  const tellUpdated = (library: Library, ...rows: ClipRow[]) =>
    world.emit(library, { type: 'clips_updated', clips: rows.map(({ clip }) => clip) });

  /** Tells each project once that clips of it came, went, or changed in great numbers. */
  const tellChanged = (...rows: ClipRow[]) => {
    for (const project_id of new Set(rows.map(({ clip }) => clip.project_id))) {
      world.emit(world.library, { type: 'clips_changed', project_id });
    }
  };

  const stamp = (row: ClipRow): ClipRow => {
    row.clip.updated_at_ms = world.now();
    row.clip.changes += 1;
    return row;
  };

  /** Answers a clip that was changed, and tells it. */
  const updated = (row: ClipRow): Clip => {
    tellUpdated(world.library, row);
    return structuredClone(row.clip);
  };

  /** Updates which finals still match the clip after a change. */
  const compareFinals = (row: ClipRow) => {
    const edit = editOf(row);
    const finals = [...world.library.exports.values()].filter((final) => final.clip_id === row.clip.id);
    for (const final of finals) final.stale = world.library.rendered.get(final.id) !== edit;
    if (row.clip.final_status === 'done' || row.clip.final_status === 'stale') {
      row.clip.final_status = finals.some((final) => !final.stale) ? 'done' : 'stale';
    }
  };

  /** After a change of what is seen or heard. */
  const seen = (row: ClipRow) => {
    row.clip.revision += 1;
    compareFinals(row);
  };

  /** After a change of what its file shows. */
  const recut = (row: ClipRow) => {
    row.clip.has_file = false;
    seen(row);
  };

  const setMuted = (id: string, muted: boolean): Clip => {
    const row = world.library.liveClip(id);
    if (row.clip.muted === muted) return structuredClone(row.clip);
    row.clip.muted = muted;
    recut(row);
    return updated(stamp(row));
  };

  /** Changes many clips; each is answered on its own, and those that changed are told together. */
  const changeAll = (ids: string[], change: (id: string) => ClipRow, tell: (...rows: ClipRow[]) => void) => {
    const changed: ClipRow[] = [];
    const outcomes = ids.map((id) =>
      outcome(id, () => {
        const row = change(id);
        changed.push(row);
        return row.clip;
      }),
    );
    tell(...changed);
    return outcomes;
  };

  const flag = (id: string, given: Flag): ClipRow => {
    const row = world.library.liveClip(id);
    row.clip.flag = given;
    return stamp(row);
  };

  const tellFlagged = (...rows: ClipRow[]) =>
    rows.length > TOLD_MAX ? tellChanged(...rows) : tellUpdated(world.library, ...rows);

  const trash = (id: string): ClipRow => {
    const row = world.library.clip(id);
    if (row.clip.deleted_at_ms !== null) throw notFound('clip');
    row.clip.deleted_at_ms = world.now();
    row.clip.changes += 1;
    return row;
  };

  const restore = (id: string): ClipRow => {
    const row = world.library.clip(id);
    if (row.clip.deleted_at_ms === null) throw notFound('clip');
    row.clip.deleted_at_ms = null;
    return stamp(row);
  };

  return {
    listProjectClips: async (project, query) => list(project, query),
    listAllClips: async (query) => list(query.project_id ?? null, query),
    getClip: async (id) => world.library.detail(id),
    updateClip: async (id, patch) => {
      const { library } = world;
      const row = library.liveClip(id);
      const name = patch.name == null ? row.clip.name : checkName('name', patch.name);
      const rating = patch.rating == null ? row.clip.rating : checkWithin('rating', patch.rating, 0, 5);
      const gone = (patch.remove_tags ?? []).map((tag) => fold(tag.trim()));
      const left = (patch.tags ?? row.clip.tags).filter((tag) => !gone.includes(fold(tag.trim())));
      const tags = checkWords('tags', [...left, ...(patch.add_tags ?? [])]);
      const framing = over(row.framing, patch.framing);
      checkWithin('centre_x_bp', framing.centre_x_bp, 0, 10_000);
      checkWithin('centre_y_bp', framing.centre_y_bp, 0, 10_000);
      const cuts = patch.cuts ? checkCuts(library, patch.cuts) : row.clip.cuts;
      const isRecut = !isSame(cuts, row.clip.cuts);
      const isReframed = !isSame(framing, row.framing);
      Object.assign(row.clip, { name, rating, tags, flag: patch.flag ?? row.clip.flag });
      row.framing = framing;
      if (isRecut) {
        row.content.captions = followCues(row.content.captions, row.clip.cuts, cuts);
        Object.assign(row.clip, { cuts, duration_us: lengthOf(cuts) });
        recut(row);
      } else if (isReframed) seen(row);
      updated(stamp(row));
      return library.detail(id);
    },
    toggleClipSelection: async (id) =>
      updated(flag(id, world.library.clip(id).clip.flag === 'picked' ? 'unflagged' : 'picked')),
    bulkSelectClips: async (ids, given) => changeAll(ids, (id) => flag(id, given), tellFlagged),
    removeClipAudio: async (id) => setMuted(id, true),
    restoreClipAudio: async (id) => setMuted(id, false),
    deleteClip: async (id) => {
      const row = world.library.clip(id);
      // A second click changes nothing.
      if (row.clip.deleted_at_ms === null) tellChanged(trash(id));
      return structuredClone(row.clip);
    },
    bulkDeleteClips: async (ids) => changeAll(ids, trash, tellChanged),
    restoreClips: async (ids) => changeAll(ids, restore, tellChanged),
    emptyTrash: async () => {
      const library = world.library;
      const { clips, projects, names } = library.emptyTrash();
      world.emit(library, { type: 'projects_changed' });
      for (const project_id of new Set(clips.map((clip) => clip.project_id))) {
        world.emit(library, { type: 'clips_changed', project_id }, { type: 'exports_changed', project_id });
      }
      const gone = { clips: clips.length, projects: projects.length };
      const [first, ...rest] = names;
      if (first === undefined || clips.length === 0) return { ...gone, job_id: null };
      const title = rest.length > 0 ? `${first} + ${rest.length}` : first;
      const bytes = clips.reduce((sum, clip) => sum + clipBytes(clip), 0);
      const files = clips.reduce((sum, clip) => sum + clipFilesOnDisk(clip), 0);
      const result: JobResult = { type: 'deleted', files, bytes };
      const job = world.queue(
        library,
        { kind: 'delete_files', title, project_id: null },
        { stage: 'deleting', seconds: 2, onDone: () => result },
      );
      return { ...gone, job_id: job.id };
    },
    updateClipContent: async (id, patch) => {
      const row = world.library.liveClip(id);
      const script = patch.script == null ? row.content.script : checkText('script', patch.script, 20_000);
      const before = row.content;
      const captions = patch.captions
        ? checkCues(patch.captions, row.clip.duration_us, before.captions)
        : before.captions;
      const style = styleOver(before.style, patch.style);
      row.content = { script, captions, style };
      if (!isSame([captions, style], [before.captions, before.style])) seen(row);
      updated(stamp(row));
      return structuredClone(row.content);
    },
    importClipCaptions: async (id, path, encoding) => {
      const row = world.library.liveClip(id);
      if (!/\.srt$/i.test(path)) throw new AppFailure({ code: 'bad_captions', reason: { why: 'empty' } });
      const third = Math.floor(row.clip.duration_us / 3);
      // The file is Russian in a Windows code page; any other encoding gives
      // wrong letters.
      const isRight = encoding === null || encoding === 'windows-1251';
      const lines = isRight
        ? ['Вода ушла,', 'и гавань', 'пахнет дождём.']
        : ['Âîäà óøëà,', 'è ãàâàíü', 'ïàõíåò äîæä¸ì.'];
      row.content.captions = lines.map((text, at) => ({
        start_us: at * third,
        end_us: (at + 1) * third,
        text,
      }));
      seen(row);
      updated(stamp(row));
      return {
        content: structuredClone(row.content),
        encoding: encoding ?? 'windows-1251',
        left_out: 1,
      };
    },
    listAllTags: async () => {
      const { library } = world;
      const live = [...library.clips.values()].filter((row) => library.isLive(row));
      const tags = [...new Set(live.flatMap(({ clip }) => clip.tags))].sort();
      return tags.sort((a, b) => compare(fold(a), fold(b)));
    },
    makeClipFiles: async (ids) => {
      world.needFfmpeg();
      const { library } = world;
      const batch = ids.length > 1 ? world.id('batch') : null;
      const make = (id: string) => makeClipFile(world, library, library.liveClip(id).clip, batch);
      return ids.map((id) => outcome(id, () => make(id)));
    },
    clearClipFiles: async () => clearClipFiles(world, world.library),
    revealClip: async (id) => {
      if (!world.library.clip(id).clip.has_file) throw new AppFailure({ code: 'no_clip_file' });
      return null;
    },
  };
}
