/** Reviewing clips in a grid: the selection and actions on it. */
import type { ClipActions } from '../clips/actions';
import { Judged } from '../clips/judged';
import {
  click,
  extendTo,
  move,
  neighbour,
  NOTHING,
  type Selection,
  selectAll,
  selectOnly,
} from '../lib/selection';
import type { Clip, Flag } from '../platform';

export class ClipReview {
  selection = $state.raw<Selection>(NOTHING);
  /** The clips that a verdict just removed from the list. */
  #judged = new Judged<readonly Clip[]>();

  /** `shown` returns the clips of the grid in order. */
  constructor(
    readonly actions: ClipActions,
    readonly shown: () => readonly Clip[],
  ) {}

  get order(): string[] {
    return this.shown().map((clip) => clip.id);
  }

  /** The selected clips that are still shown. */
  get chosen(): Clip[] {
    return this.shown().filter((clip) => this.selection.ids.has(clip.id));
  }

  /** The card that keys act on: at the cursor, or the first. */
  get cursor(): string | null {
    const { cursor } = this.selection;
    const order = this.order;
    return cursor !== null && order.includes(cursor) ? cursor : (order[0] ?? null);
  }

  click(id: string, keys: { shift: boolean; ctrl: boolean }): void {
    this.#judged.forget();
    this.selection = click(this.selection, this.order, id, keys);
  }

  /** Returns the new cursor, so that it can be scrolled into view. */
  move(step: number, extend: boolean): string | null {
    this.#judged.forget();
    this.selection = move(this.selection, this.order, step, extend);
    return this.selection.cursor;
  }

  /** The same for the first or the last card. */
  moveToEnd(end: 'first' | 'last', extend: boolean): string | null {
    this.#judged.forget();
    const order = this.order;
    const id = end === 'first' ? order[0] : order.at(-1);
    if (id === undefined) return null;
    this.selection = extend ? extendTo(this.selection, order, id) : selectOnly(id);
    return id;
  }

  all(): void {
    this.#judged.forget();
    this.selection = selectAll(this.order);
  }

  clear(): void {
    this.#judged.forget();
    this.selection = { ...NOTHING, cursor: this.selection.cursor };
  }

  flag(flag: Flag): Promise<void> {
    const chosen = this.chosen;
    return this.#judge(chosen, () => this.actions.flag(chosen, flag));
  }

  rate(stars: number): Promise<void> {
    const judged = this.#judged.fresh;
    if (judged) return this.actions.rate(judged, stars);
    const chosen = this.chosen;
    return this.#judge(chosen, () => this.actions.rate(chosen, stars));
  }

  async remove(): Promise<void> {
    const chosen = this.chosen;
    await this.#judge(chosen, () => this.actions.remove(chosen));
  }

  undo(): Promise<void> {
    return this.actions.undo().done;
  }

  redo(): Promise<void> {
    return this.actions.redo().done;
  }

  /** If a verdict removes clips from the list, the cursor moves to the next. */
  async #judge(clips: readonly Clip[], work: () => Promise<void>): Promise<void> {
    if (clips.length === 0) return;
    const ids = clips.map((clip) => clip.id);
    const next = neighbour(this.order, ids);
    // The change shows at once, before the library has responded.
    const done = work();
    const left = this.order;
    if (!ids.some((id) => left.includes(id))) {
      this.selection = next === null ? NOTHING : selectOnly(next);
      this.#judged.remember(clips);
    }
    await done;
  }
}
