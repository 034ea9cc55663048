/** View state and selection of the grid of all clips, kept across screens. */
import { click, extendTo, move, NOTHING, selectAll, type Selection, selectOnly } from '../lib/selection';
import type { Clip, ClipQuery, ClipSort } from '../platform';
import { Judged } from './judged';

export type Filters = Pick<
  ClipQuery,
  | 'flag'
  | 'min_rating'
  | 'tag'
  | 'origin'
  | 'final_status'
  | 'project_id'
  | 'min_duration_us'
  | 'below_duration_us'
  | 'made_since_ms'
>;

const NO_FILTERS: Filters = {};

export class ClipsView {
  search = $state('');
  sort = $state<ClipSort>('newest');
  filters = $state.raw<Filters>(NO_FILTERS);
  selection = $state.raw<Selection>(NOTHING);
  /** Scroll position, in pixels. */
  scroll = 0;
  /** What a verdict was just given on, in case the filter now hides it. */
  readonly judged = new Judged<readonly Clip[]>();
  /** Index of the cursor, for when its clip leaves the list. */
  #at = 0;

  constructor(readonly profile: string) {}

  // Getters, because a `$derived` created within a screen would end with it,
  // and the view outlives the screen.
  get query(): ClipQuery {
    const search = this.search.trim();
    return { ...this.filters, sort: this.sort, search: search === '' ? null : search };
  }

  get filtered(): boolean {
    return this.search.trim() !== '' || Object.values(this.filters).some((value) => value != null);
  }

  filter(change: Filters): void {
    this.filters = { ...this.filters, ...change };
    this.#restart();
  }

  find(search: string): void {
    this.search = search;
    this.#restart();
  }

  order(sort: ClipSort): void {
    this.sort = sort;
    this.#restart();
  }

  clearFilters(): void {
    this.search = '';
    this.filters = NO_FILTERS;
    this.#restart();
  }

  click(order: readonly string[], id: string, keys: { shift: boolean; ctrl: boolean }): void {
    this.#select(order, click(this.selection, order, id, keys));
  }

  move(order: readonly string[], by: number, extend: boolean): void {
    this.#select(order, move(this.selection, order, by, extend));
  }

  jump(order: readonly string[], to: number, extend: boolean): void {
    const id = order[to];
    if (id !== undefined) this.#select(order, extend ? extendTo(this.selection, order, id) : selectOnly(id));
  }

  all(order: readonly string[]): void {
    this.judged.forget();
    // Keep the cursor: selecting everything should not scroll to the end.
    this.selection = { ...selectAll(order), cursor: this.selection.cursor ?? order[0] ?? null };
  }

  /** The cursor's clip has left the list: moves the cursor to its replacement. */
  settle(order: readonly string[]): void {
    const id = order[Math.min(this.#at, order.length - 1)] ?? null;
    this.selection = { ...this.selection, anchor: id, cursor: id };
  }

  /** Clears the selection; the cursor stays. */
  none(): void {
    this.judged.forget();
    this.selection = { ...NOTHING, cursor: this.selection.cursor };
  }

  #select(order: readonly string[], selection: Selection): void {
    this.judged.forget();
    this.selection = selection;
    this.#at = Math.max(0, selection.cursor === null ? 0 : order.indexOf(selection.cursor));
  }

  /** Another list: nothing stays selected that may no longer be visible. */
  #restart(): void {
    this.judged.forget();
    this.selection = NOTHING;
    this.scroll = 0;
  }
}

let kept: ClipsView | null = null;

/** The view of a profile; another profile starts fresh. */
export function viewOf(profile: string): ClipsView {
  if (kept?.profile !== profile) kept = new ClipsView(profile);
  return kept;
}
