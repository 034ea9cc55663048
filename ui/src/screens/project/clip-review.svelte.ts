/**
 * Judging clips in a grid: selection, flags, stars and deleting, each shown at
 * once and taken back in the order it was done.
 */
import { formatNumber } from '../../lib/format';
import {
  click,
  extendTo,
  move,
  neighbour,
  NOTHING,
  type Selection,
  selectAll,
  selectOnly,
} from '../../lib/selection';
import type { UndoStack } from '../../lib/undo';
import { m } from '../../paraglide/messages';
import { api, type Clip, type Flag } from '../../platform';
import type { Live } from '../../state/live';
import { attempt, toasts } from '../../state/toasts.svelte';

const FLAGS: readonly Flag[] = ['unflagged', 'picked', 'rejected'];

export class ClipReview {
  selection = $state.raw<Selection>(NOTHING);

  /**
   * `shown` answers the clips of the grid in their order. The steps back belong
   * to the project: they outlive the stage.
   */
  constructor(
    readonly live: Live,
    readonly steps: UndoStack,
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

  /** The same for the first or the last card. */
  moveToEnd(end: 'first' | 'last', extend: boolean): string | null {
    const order = this.order;
    const id = end === 'first' ? order[0] : order.at(-1);
    if (id === undefined) return null;
    this.selection = extend ? extendTo(this.selection, order, id) : selectOnly(id);
    return id;
  }

  all(): void {
    this.selection = selectAll(this.order);
  }

  clear(): void {
    this.selection = { ...NOTHING, cursor: this.selection.cursor };
  }

  flag(flag: Flag): Promise<void> {
    const before = this.chosen;
    return this.#judge(
      before,
      (clip) => ({ ...clip, flag }),
      (ids) => api.bulkSelectClips(ids, flag),
      async () => {
        for (const old of FLAGS) {
          const ids = before.filter((clip) => clip.flag === old).map((clip) => clip.id);
          if (ids.length === 0) continue;
          const change = (clip: Clip): Clip => ({ ...clip, flag: old });
          await this.live.changeClips(ids, change, () => api.bulkSelectClips(ids, old));
        }
      },
    );
  }

  rate(rating: number): Promise<void> {
    const before = this.chosen;
    return this.#judge(
      before,
      (clip) => ({ ...clip, rating }),
      (ids) => Promise.all(ids.map((id) => api.updateClip(id, { rating }))),
      () =>
        this.live.changeClips(
          before.map((clip) => clip.id),
          (clip) => ({ ...clip, rating: before.find((old) => old.id === clip.id)?.rating ?? clip.rating }),
          () => Promise.all(before.map((clip) => api.updateClip(clip.id, { rating: clip.rating }))),
        ),
    );
  }

  async remove(): Promise<void> {
    const ids = this.chosen.map((clip) => clip.id);
    if (ids.length === 0) return;
    const next = neighbour(this.order, ids);
    this.live.dropClips(ids);
    this.selection = next === null ? NOTHING : selectOnly(next);
    const outcomes = await attempt(() => api.bulkDeleteClips(ids));
    this.live.mark(['clips'], ['projects'], ['project'], ['overview']);
    if (!outcomes) return;
    const gone = outcomes.filter((outcome) => outcome.done).map((outcome) => outcome.item);
    const refused = outcomes.flatMap((outcome) => (outcome.refused ? [outcome.refused.message] : []));
    if (refused.length > 0)
      toasts.show(m.rushes_not_deleted(), {
        tone: 'bad',
        lines: refused.filter((reason, at) => refused.indexOf(reason) === at),
      });
    if (gone.length === 0) return;
    const back = this.steps.push(async () => {
      await attempt(() => api.restoreClips(gone));
      this.live.mark(['clips'], ['projects'], ['project'], ['overview']);
    });
    toasts.show(m.rushes_deleted({ count: gone.length, shown: formatNumber(gone.length) }), {
      action: { label: m.project_undo(), run: () => void back() },
    });
  }

  async undo(): Promise<void> {
    if (!(await this.steps.undo())) toasts.show(m.nothing_to_undo());
  }

  async #judge(
    clips: readonly Clip[],
    change: (clip: Clip) => Clip,
    work: (ids: string[]) => Promise<unknown>,
    back: () => Promise<unknown>,
  ): Promise<void> {
    const ids = clips.map((clip) => clip.id);
    if (ids.length === 0) return;
    const next = neighbour(this.order, ids);
    const done = attempt(() => this.live.changeClips(ids, change, () => work(ids).then(() => true)));
    // Where the verdict takes clips out of the list, the hand goes on to the next.
    const left = this.order;
    if (!ids.some((id) => left.includes(id))) this.selection = next === null ? NOTHING : selectOnly(next);
    if (await done) this.steps.push(async () => void (await attempt(back)));
  }
}
