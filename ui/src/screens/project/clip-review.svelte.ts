/**
 * Judging clips in a grid: selection, flags, stars and deleting, each shown at
 * once and taken back in the order it was done.
 */
import { formatNumber } from '../../lib/format';
import { click, move, NOTHING, type Selection, selectAll, selectOnly } from '../../lib/selection';
import { UndoStack } from '../../lib/undo';
import { m } from '../../paraglide/messages';
import { api, type Clip, type Flag } from '../../platform';
import type { Live } from '../../state/live';
import { attempt, toasts } from '../../state/toasts.svelte';

export class ClipReview {
  selection = $state.raw<Selection>(NOTHING);
  readonly #undo = new UndoStack();

  /** `shown` answers the clips of the grid in their order. */
  constructor(
    readonly live: Live,
    readonly shown: () => readonly Clip[],
  ) {}

  get order(): string[] {
    return this.shown().map((clip) => clip.id);
  }

  /** The selected clips that are still shown. */
  get chosen(): Clip[] {
    return this.shown().filter((clip) => this.selection.ids.has(clip.id));
  }

  /** The card that keys act on: where the cursor is, or the first. */
  get cursor(): string | null {
    const { cursor } = this.selection;
    const order = this.order;
    return cursor !== null && order.includes(cursor) ? cursor : (order[0] ?? null);
  }

  click(id: string, keys: { shift: boolean; ctrl: boolean }): void {
    this.selection = click(this.selection, this.order, id, keys);
  }

  /** Answers where the cursor came to, so that it can be brought into sight. */
  move(step: number, extend: boolean): string | null {
    this.selection = move(this.selection, this.order, step, extend);
    return this.selection.cursor;
  }

  all(): void {
    this.selection = selectAll(this.order);
  }

  clear(): void {
    this.selection = { ...NOTHING, cursor: this.selection.cursor };
  }

  flag(flag: Flag): Promise<void> {
    const before = new Map(this.chosen.map((clip) => [clip.id, clip.flag]));
    return this.#judge(
      [...before.keys()],
      (clip) => ({ ...clip, flag }),
      (ids) => api.bulkSelectClips(ids, flag),
      async () => {
        for (const old of ['unflagged', 'picked', 'rejected'] as const) {
          const ids = [...before].filter(([, was]) => was === old).map(([id]) => id);
          if (ids.length === 0) continue;
          const change = (clip: Clip): Clip => ({ ...clip, flag: old });
          await this.live.changeClips(ids, change, () => api.bulkSelectClips(ids, old));
        }
      },
    );
  }

  rate(rating: number): Promise<void> {
    const before = new Map(this.chosen.map((clip) => [clip.id, clip.rating]));
    return this.#judge(
      [...before.keys()],
      (clip) => ({ ...clip, rating }),
      (ids) => Promise.all(ids.map((id) => api.updateClip(id, { rating }))),
      () =>
        this.live.changeClips(
          [...before.keys()],
          (clip) => ({ ...clip, rating: before.get(clip.id) ?? clip.rating }),
          () => Promise.all([...before].map(([id, old]) => api.updateClip(id, { rating: old }))),
        ),
    );
  }

  async remove(): Promise<void> {
    const ids = this.chosen.map((clip) => clip.id);
    if (ids.length === 0) return;
    const next = this.#neighbour(new Set(ids));
    this.live.dropClips(ids);
    this.selection = next === null ? NOTHING : selectOnly(next);
    const outcomes = await attempt(() => api.bulkDeleteClips(ids));
    this.live.mark(['clips'], ['projects'], ['project'], ['overview']);
    if (!outcomes) return;
    const gone = outcomes.filter((outcome) => outcome.done).map((outcome) => outcome.item);
    const refused = outcomes.flatMap((outcome) => (outcome.refused ? [outcome.refused.message] : []));
    if (refused.length > 0) toasts.show(m.clips_not_deleted(), { tone: 'bad', lines: [...new Set(refused)] });
    if (gone.length === 0) return;
    const back = this.#undo.push(async () => {
      await attempt(() => api.restoreClips(gone));
      this.live.mark(['clips'], ['projects'], ['project'], ['overview']);
    });
    toasts.show(m.clips_deleted({ count: gone.length, shown: formatNumber(gone.length) }), {
      action: { label: m.project_undo(), run: () => void back() },
    });
  }

  async undo(): Promise<void> {
    if (!(await this.#undo.undo())) toasts.show(m.nothing_to_undo());
  }

  async #judge(
    ids: string[],
    change: (clip: Clip) => Clip,
    work: (ids: string[]) => Promise<unknown>,
    back: () => Promise<unknown>,
  ): Promise<void> {
    if (ids.length === 0) return;
    const next = this.#neighbour(new Set(ids));
    const done = attempt(() => this.live.changeClips(ids, change, () => work(ids).then(() => true)));
    // Where the verdict takes clips out of the list, the hand goes on to the next.
    const left = new Set(this.order);
    if (!ids.some((id) => left.has(id))) this.selection = next === null ? NOTHING : selectOnly(next);
    if (await done) this.#undo.push(async () => void (await attempt(back)));
  }

  /** The clip that takes the place of those that go: the next after the last, or the one before the first. */
  #neighbour(going: ReadonlySet<string>): string | null {
    const order = this.order;
    const last = order.findLastIndex((id) => going.has(id));
    const after = order.slice(last + 1).find((id) => !going.has(id));
    return after ?? order.slice(0, last + 1).findLast((id) => !going.has(id)) ?? null;
  }
}
