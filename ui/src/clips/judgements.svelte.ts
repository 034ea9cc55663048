/**
 * What was judged, on whichever screen: verdicts, stars, tags and deletions. Each
 * shows at once, and is undone and redone in order: on the screens of a project
 * only what was judged in that project.
 */
import { formatNumber } from '../lib/format';
import { noticeWords } from '../lib/notices';
import type { Undoable } from '../lib/undo';
import { m } from '../paraglide/messages';
import { api, type Clip, type ClipPatch, type Flag, type ItemOutcome } from '../platform';
import type { Live } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

/** Parallel calls for commands without a bulk version. */
const AT_ONCE = 8;
/** Refused clips that are named; the toast counts the rest. */
const NAMED = 5;

/** The fields that a judgement changes: the rest keeps whatever another window sets. */
export type Edit =
  | { flag: Flag }
  | { rating: number }
  | Pick<ClipPatch, 'add_tags' | 'remove_tags'>
  | { trashed: boolean };

/** The judgement of one clip. All changes of a judgement are of the same kind. */
export interface Change {
  clip: Clip;
  before: Edit;
  after: Edit;
}

/** The way back from a judgement. */
interface Made extends Undoable {
  /** How many clips it was made of. */
  count: number;
}

/** Clips that are as they were before or after a judgement, and when the library has them so. */
export interface Turned {
  clips: readonly Clip[];
  done: Promise<void>;
}

interface Judgement {
  changes: readonly Change[];
  /** Called once any of it is undone: the offer to undo it is then obsolete. */
  whenTaken: (() => void)[];
}

export class Judgements {
  /** Oldest first. */
  #past = $state.raw<readonly Judgement[]>([]);
  /** What was undone, oldest first. */
  #future: readonly Judgement[] = [];
  /** Changes are sent one after the other: two quick keys must not overtake each other. */
  #sending: Promise<unknown> = Promise.resolve();

  constructor(readonly live: Live) {}

  canUndo(project: string | null): boolean {
    return newest(this.#past, project).length > 0;
  }

  /**
   * Judges clips. Resolves with the way back, once the library has them; null if
   * it took none.
   */
  async make(changes: readonly Change[]): Promise<Made | null> {
    if (changes.length === 0) return null;
    const judgement: Judgement = { changes, whenTaken: [] };
    this.#past = [...this.#past, judgement];
    const projects = new Set(changes.map(({ clip }) => clip.project_id));
    this.#future = without(this.#future, ({ clip }) => projects.has(clip.project_id));
    const refused = await this.#apply(changes, 'after');
    const failed = new Set(changes.filter(({ clip }) => refused === null || refused.has(clip.id)));
    this.#past = without(this.#past, (change) => failed.has(change));
    if (failed.size === changes.length) return null;
    return {
      count: changes.length - failed.size,
      take: async () => void (await this.#takeBack(changes)),
      whenTaken: (tell) => judgement.whenTaken.push(tell),
    };
  }

  /** Undoes the newest judgement of a project, or of all. */
  undo(project: string | null): Turned {
    const changes = newest(this.#past, project);
    return { clips: changes.map(({ clip }) => clip), done: this.#takeBack(changes) };
  }

  /** Redoes what was undone last. */
  redo(project: string | null): Turned {
    const changes = newest(this.#future, project);
    const clips = changes.map(({ clip }) => clip);
    if (changes.length === 0) return { clips, done: Promise.resolve() };
    const those = new Set(changes);
    this.#future = without(this.#future, (change) => those.has(change));
    this.#past = [...this.#past, { changes, whenTaken: [] }];
    return { clips, done: this.#apply(changes, 'after').then(() => undefined) };
  }

  async #takeBack(changes: readonly Change[]): Promise<void> {
    const those = new Set(changes);
    const taken = this.#past.filter((one) => one.changes.some((change) => those.has(change)));
    const undone = this.#uncovered(those);
    this.#past = without(this.#past, (change) => those.has(change));
    if (undone.length > 0) this.#future = [...this.#future, { changes: undone, whenTaken: [] }];
    for (const { whenTaken } of taken) for (const tell of whenTaken) tell();
    if (undone.length > 0) await this.#apply(undone, 'before');
  }

  /**
   * Those of some past changes that still show. A clip that was judged again
   * keeps the later verdict, which then leads back to before both.
   */
  #uncovered(those: ReadonlySet<Change>): Change[] {
    const later = new Map<string, Change>();
    const shown: Change[] = [];
    for (const change of this.#past.flatMap(({ changes }) => changes).toReversed()) {
      const field = fieldOf(change);
      const cover = field && later.get(`${change.clip.id} ${field}`);
      if (!those.has(change)) {
        if (field) later.set(`${change.clip.id} ${field}`, change);
      } else if (cover) cover.before = change.before;
      else shown.unshift(change);
    }
    return shown;
  }

  /** Shows changes, then makes them in turn; the clips that were refused, null for a failure. */
  async #apply(changes: readonly Change[], way: 'before' | 'after'): Promise<ReadonlySet<string> | null> {
    const edits = new Map(changes.map((change) => [change.clip.id, change[way]]));
    const outcomes = await attempt(() => this.#change(edits));
    if (!outcomes) return null;
    const names = new Map(changes.map(({ clip }) => [clip.id, clip.name]));
    return this.#tellRefused(outcomes, names);
  }

  async #change(edits: ReadonlyMap<string, Edit>): Promise<ItemOutcome<unknown>[]> {
    const ids = [...edits.keys()];
    const [first] = edits.values();
    if (!first || !('trashed' in first)) {
      return this.live.changeClips(
        ids,
        (clip) => edited(clip, edits.get(clip.id)),
        () => this.#inTurn(() => send(edits)),
      );
    }
    try {
      return first.trashed
        ? await this.live.dropClips(ids, () => this.#inTurn(() => api.bulkDeleteClips(ids)))
        : await this.#inTurn(() => api.restoreClips(ids));
    } finally {
      this.#refresh();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#sending.then(work);
    this.#sending = turn.catch(() => undefined);
    return turn;
  }

  /** Refetches lists after something was removed, restored or refused. */
  #refresh(): void {
    this.live.mark(['clips'], ['clip'], ['projects'], ['project'], ['overview']);
  }

  #tellRefused(
    outcomes: readonly ItemOutcome<unknown>[],
    names: ReadonlyMap<string, string>,
  ): ReadonlySet<string> {
    const ids = new Set<string>();
    const lines: string[] = [];
    for (const { item, refused } of outcomes) {
      if (refused === null) continue;
      ids.add(item);
      lines.push(`${names.get(item) ?? ''}: ${noticeWords(refused.notice)}`);
    }
    if (lines.length > 0) {
      this.#refresh();
      toasts.show(m.clips_refused({ count: lines.length, shown: formatNumber(lines.length) }), {
        lines: lines.slice(0, NAMED),
        tone: 'warn',
      });
    }
    return ids;
  }
}

const known = new WeakMap<Live, Judgements>();

/** What was judged since the profile was opened in this window. */
export function judgementsOf(live: Live): Judgements {
  const judgements = known.get(live) ?? new Judgements(live);
  known.set(live, judgements);
  return judgements;
}

/** The changes of the newest judgement of a project, or of any, in that project. */
function newest(judgements: readonly Judgement[], project: string | null): readonly Change[] {
  const isIn = ({ clip }: Change) => project === null || clip.project_id === project;
  return judgements.findLast(({ changes }) => changes.some(isIn))?.changes.filter(isIn) ?? [];
}

function without(judgements: readonly Judgement[], gone: (change: Change) => boolean): readonly Judgement[] {
  return judgements.flatMap((judgement) => {
    const changes = judgement.changes.filter((change) => !gone(change));
    if (changes.length === judgement.changes.length) return [judgement];
    return changes.length === 0 ? [] : [{ ...judgement, changes }];
  });
}

/** The field that a change sets; none if it can follow any other. */
function fieldOf({ after }: Change): 'flag' | 'rating' | null {
  if ('flag' in after) return 'flag';
  return 'rating' in after ? 'rating' : null;
}

function edited(clip: Clip, edit: Edit | undefined): Clip {
  if (!edit || 'trashed' in edit) return clip;
  if ('flag' in edit || 'rating' in edit) return { ...clip, ...edit };
  const { add_tags = [], remove_tags = [] } = edit;
  const kept = clip.tags.filter((tag) => !remove_tags.includes(tag) && !add_tags.includes(tag));
  return { ...clip, tags: [...kept, ...add_tags] };
}

async function send(edits: ReadonlyMap<string, Edit>): Promise<ItemOutcome<unknown>[]> {
  const outcomes: ItemOutcome<unknown>[] = [];
  for (const flag of ['picked', 'rejected', 'unflagged'] as const) {
    const ids = [...edits].filter(([, edit]) => 'flag' in edit && edit.flag === flag).map(([id]) => id);
    if (ids.length > 0) outcomes.push(...(await api.bulkSelectClips(ids, flag)));
  }
  const rest = [...edits].filter(([, edit]) => !('flag' in edit));
  const lane = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) await api.updateClip(...next);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, rest.length) }, lane));
  return outcomes;
}
