/**
 * What was judged, on whichever screen: verdicts, stars, tags and deletions. Each
 * shows at once, and is undone and redone in order: on the screens of a project
 * only what was judged in that project.
 */
import { formatNumber } from '../lib/format';
import type { Undoable } from '../lib/undo';
import { m } from '../paraglide/messages';
import { api, type Clip, type ItemOutcome } from '../platform';
import type { Live } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';
import {
  type Change,
  type Edit,
  edited,
  elsewhere,
  type Judgement,
  newest,
  refusedOf,
  uncovered,
  without,
} from './judgement';

/** Parallel calls for commands without a bulk version. */
const AT_ONCE = 8;
/** Refused clips that are named; the toast counts the rest. */
const NAMED = 5;

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
    this.#future = elsewhere(this.#future, changes);
    const refused = await this.#apply(changes, 'after');
    this.#past = without(this.#past, refused);
    if (refused.length === changes.length) return null;
    return {
      count: changes.length - refused.length,
      take: () => this.#takeBack(changes),
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
    return { clips: changes.map(({ clip }) => clip), done: this.#makeAgain(changes) };
  }

  async #takeBack(changes: readonly Change[]): Promise<void> {
    const [undone, before] = [uncovered(this.#past, changes), this.#past];
    this.#past = without(before, changes);
    const touched = before.filter((judgement) => !this.#past.includes(judgement));
    for (const { whenTaken } of touched) for (const tell of whenTaken) tell();
    if (undone.length === 0) return;
    this.#future = [...this.#future, { changes: undone, whenTaken: [] }];
    await this.#apply(undone, 'before');
  }

  async #makeAgain(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    this.#future = without(this.#future, changes);
    this.#past = [...this.#past, { changes, whenTaken: [] }];
    await this.#apply(changes, 'after');
  }

  /** Shows changes, then makes them in turn; returns those that were refused or failed. */
  async #apply(changes: readonly Change[], way: 'before' | 'after'): Promise<readonly Change[]> {
    const outcomes = await attempt(() => this.#change(changes, way));
    if (!outcomes) return changes;
    const refused = refusedOf(changes, outcomes);
    const count = refused.changes.length;
    if (count > 0) {
      this.#refresh();
      toasts.show(m.clips_refused({ count, shown: formatNumber(count) }), {
        lines: refused.words.slice(0, NAMED),
        tone: 'warn',
      });
    }
    return refused.changes;
  }

  async #change(changes: readonly Change[], way: 'before' | 'after'): Promise<ItemOutcome<unknown>[]> {
    const edits = Object.fromEntries(changes.map((change) => [change.clip.id, change[way]]));
    const ids = Object.keys(edits);
    const trashed = changes[0]?.[way].trashed;
    if (trashed === undefined) {
      return this.live.changeClips(
        ids,
        (clip) => edited(clip, edits[clip.id]),
        () => this.#inTurn(() => send(edits)),
      );
    }
    try {
      return trashed
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
}

const known = new WeakMap<Live, Judgements>();

/** What was judged since the profile was opened in this window. */
export function judgementsOf(live: Live): Judgements {
  const judgements = known.get(live) ?? new Judgements(live);
  known.set(live, judgements);
  return judgements;
}

async function send(edits: Record<string, Edit>): Promise<ItemOutcome<unknown>[]> {
  const outcomes: ItemOutcome<unknown>[] = [];
  const all = Object.entries(edits);
  for (const flag of ['picked', 'rejected', 'unflagged'] as const) {
    const ids = all.filter(([, edit]) => edit.flag === flag).map(([id]) => id);
    if (ids.length > 0) outcomes.push(...(await api.bulkSelectClips(ids, flag)));
  }
  const rest = all.filter(([, edit]) => edit.flag === undefined);
  const lane = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) await api.updateClip(...next);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, rest.length) }, lane));
  return outcomes;
}
