/** Commands on clips: listing, rating, editing, and the trash. */
import { shiftCues } from '../lib/captions';
import type {
  CaptionStyle,
  Clip,
  ClipQuery,
  ClipSort,
  Flag,
  Framing,
  JobResult,
  Page,
} from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { type ClipRow, editOf } from './library';
import { type Order, page } from './paging';
import { outcome } from './projects';
import { checkName, checkText, checkWithin, checkWords, fold, invalid, notFound } from './rules';
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
  | 'revealClip'
>;

const US = 1_000_000;
/** How long a clip's preview takes to be made again after its edit list changed. */
const REFRESH_MS = 900;

const ORDERS: Record<ClipSort, Order<Clip>> = {
  oldest: { key: () => 0, descending: false },
  newest: { key: () => 0, descending: true },
  score: { key: (clip) => clip.score_bp, descending: true },
  rating: { key: (clip) => clip.rating, descending: true },
  duration: { key: (clip) => clip.duration_us, descending: true },
  name: { key: (clip) => fold(clip.name), descending: false },
};

function matches(clip: Clip, query: ClipQuery): boolean {
  const wanted = fold(query.search?.trim() ?? '');
  return (
    (!query.flag || clip.flag === query.flag) &&
    (query.min_rating == null || clip.rating >= query.min_rating) &&
    (!query.tag || clip.tags.some((tag) => fold(tag) === fold(query.tag ?? ''))) &&
    (!query.origin || clip.origin === query.origin) &&
    (!query.final_status || clip.final_status === query.final_status) &&
    (!query.project_id || clip.project_id === query.project_id) &&
    (query.min_duration_us == null || clip.duration_us >= query.min_duration_us) &&
    (query.below_duration_us == null || clip.duration_us < query.below_duration_us) &&
    (query.made_since_ms == null || clip.created_at_ms >= query.made_since_ms) &&
    (wanted === '' || fold(`${clip.name}\n${clip.tags.join('\n')}\n${clip.project_name}`).includes(wanted))
  );
}

export function clipCommands(world: World): Part {
  const list = (project: string | null, query: ClipQuery): Page<Clip> => {
    const library = world.library;
    if (query.min_rating != null) checkWithin('min_rating', query.min_rating, 0, 5);
    const rows = [...library.clips.values()]
      .map(({ clip }) => clip)
      .filter((clip) => {
        if (project !== null && clip.project_id !== project) return false;
        const there = query.trashed
          ? clip.deleted_at_ms !== null
          : clip.deleted_at_ms === null && library.projects.get(clip.project_id)?.deleted_at_ms === null;
        return there && matches(clip, query);
      });
    return structuredClone(page(rows, ORDERS[query.sort ?? 'oldest'], query, 100));
  };

  const touch = (row: ClipRow): Clip => {
    row.clip.updated_at_ms = world.now();
    row.clip.changes += 1;
    world.emit(world.library, { type: 'clips_updated', clips: [structuredClone(row.clip)] });
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

  const refresh = (row: ClipRow) => {
    row.clip.revision += 1;
    row.clip.raw_state = 'pending';
    compareFinals(row);
    world.later(REFRESH_MS, () => {
      row.clip.raw_state = 'ready';
      touch(row);
    });
  };

  const setFlag = (id: string, flag: Flag): Clip => {
    const row = world.library.clip(id);
    row.clip.flag = flag;
    return touch(row);
  };

  const setMuted = (id: string, muted: boolean): Clip => {
    const row = world.library.clip(id);
    if (row.clip.muted !== muted) {
      row.clip.muted = muted;
      refresh(row);
    }
    return touch(row);
  };

  const setTrashed = (id: string, trashed: boolean): Clip => {
    const row = world.library.clip(id);
    if ((row.clip.deleted_at_ms !== null) === trashed) {
      throw notFound('clip');
    }
    row.clip.deleted_at_ms = trashed ? world.now() : null;
    row.clip.changes += 1;
    world.emit(world.library, { type: 'clips_changed', project_id: row.clip.project_id });
    return structuredClone(row.clip);
  };

  return {
    listProjectClips: async (project, query) => list(world.library.project(project).id, query),
    listAllClips: async (query) => list(null, query),
    getClip: async (id) => world.library.detail(id),
    updateClip: async (id, patch) => {
      const row = world.library.clip(id);
      const name = patch.name == null ? row.clip.name : checkName('name', patch.name);
      const rating = patch.rating == null ? row.clip.rating : checkWithin('rating', patch.rating, 0, 5);
      const gone = (patch.remove_tags ?? []).map(fold);
      const left = (patch.tags ?? row.clip.tags).filter((tag) => !gone.includes(fold(tag)));
      const tags = checkWords('tags', [...left, ...(patch.add_tags ?? [])]);
      if (patch.cuts != null) {
        const length = patch.cuts.reduce((sum, cut) => sum + cut.out_us - cut.in_us, 0);
        for (const cut of patch.cuts) {
          const { facts } = world.library.source(cut.source_id);
          if (cut.in_us < 0 || cut.out_us > facts.duration_us || cut.out_us <= cut.in_us) {
            throw invalid('out_us', { why: 'out_point_outside' });
          }
        }
        if (length < US / 2) throw invalid('out_us', { why: 'piece_too_short' });
        const moved = (row.cuts[0]?.in_us ?? 0) - (patch.cuts[0]?.in_us ?? 0);
        row.content.captions = shiftCues(row.content.captions, moved, length);
        row.cuts = structuredClone(patch.cuts);
        row.clip.duration_us = length;
        refresh(row);
      }
      Object.assign(row.clip, { name, rating, tags, flag: patch.flag ?? row.clip.flag });
      if (patch.framing != null) {
        row.framing = { ...row.framing, ...patch.framing } as Framing;
        compareFinals(row);
      }
      touch(row);
      return world.library.detail(id);
    },
    toggleClipSelection: async (id) =>
      setFlag(id, world.library.clip(id).clip.flag === 'picked' ? 'unflagged' : 'picked'),
    bulkSelectClips: async (ids, flag) => ids.map((id) => outcome(id, () => setFlag(id, flag))),
    removeClipAudio: async (id) => setMuted(id, true),
    restoreClipAudio: async (id) => setMuted(id, false),
    deleteClip: async (id) => {
      const row = world.library.clip(id);
      return row.clip.deleted_at_ms === null ? setTrashed(id, true) : structuredClone(row.clip);
    },
    bulkDeleteClips: async (ids) => ids.map((id) => outcome(id, () => setTrashed(id, true))),
    restoreClips: async (ids) => ids.map((id) => outcome(id, () => setTrashed(id, false))),
    emptyTrash: async () => {
      const library = world.library;
      const gone = { clips: 0, projects: 0 };
      const names: string[] = [];
      let bytes = 0;
      for (const project of library.projects.values()) {
        if (project.deleted_at_ms === null) continue;
        library.projects.delete(project.id);
        gone.projects += 1;
        names.push(project.name);
      }
      for (const { clip } of library.clips.values()) {
        if (clip.deleted_at_ms === null && library.projects.has(clip.project_id)) continue;
        library.clips.delete(clip.id);
        gone.clips += 1;
        if (library.projects.has(clip.project_id)) names.push(clip.name);
        bytes += 6_400_000;
        world.emit(library, { type: 'clips_changed', project_id: clip.project_id });
      }
      world.emit(library, { type: 'projects_changed' });
      const [first, ...rest] = names;
      if (first === undefined) return { ...gone, job_id: null };
      const title = rest.length > 0 ? `${first} + ${rest.length}` : first;
      const result: JobResult = { type: 'deleted', files: gone.clips * 3, bytes };
      const job = world.queue(
        library,
        { kind: 'delete_files', title, project_id: null },
        { stage: 'deleting', seconds: 2, onDone: () => result },
      );
      return { ...gone, job_id: job.id };
    },
    updateClipContent: async (id, patch) => {
      const row = world.library.clip(id);
      const script = patch.script == null ? row.content.script : checkText('script', patch.script, 20_000);
      for (const [index, cue] of (patch.captions ?? []).entries()) {
        const number = index + 1;
        if (cue.end_us <= cue.start_us) throw invalid('captions', { why: 'caption_backwards', number });
        if (cue.end_us > row.clip.duration_us) {
          throw invalid('captions', { why: 'caption_after_clip', number, clip_us: row.clip.duration_us });
        }
      }
      row.content = structuredClone({
        script,
        captions: patch.captions ?? row.content.captions,
        style: { ...row.content.style, ...patch.style } as CaptionStyle,
      });
      compareFinals(row);
      touch(row);
      return structuredClone(row.content);
    },
    importClipCaptions: async (id, path, encoding) => {
      const row = world.library.clip(id);
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
      compareFinals(row);
      touch(row);
      return {
        content: structuredClone(row.content),
        encoding: encoding ?? 'windows-1251',
        left_out: 1,
      };
    },
    listAllTags: async () => {
      const tags = new Map<string, string>();
      for (const { clip } of world.library.clips.values()) {
        if (clip.deleted_at_ms === null) for (const tag of clip.tags) tags.set(fold(tag), tag);
      }
      return [...tags.values()].sort((a, b) => a.localeCompare(b));
    },
    revealClip: async (id) => {
      world.library.clip(id);
      return null;
    },
  };
}
