/**
 * List selection with click, shift and ctrl, as in file managers. Values are
 * immutable, so that changes are detected.
 */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Start of a range. */
  readonly anchor: string | null;
  /** The item the arrow keys move from. */
  readonly cursor: string | null;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null, cursor: null };

export function selectOnly(id: string): Selection {
  return { ids: new Set([id]), anchor: id, cursor: id };
}

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id, cursor: id };
}

/** Selects everything between the anchor and `id`; with `keep`, in addition to the selection. */
export function extendTo(
  selection: Selection,
  order: readonly string[],
  id: string,
  keep = false,
): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return selectOnly(id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set(keep ? [...selection.ids, ...range] : range), anchor: selection.anchor, cursor: id };
}

export function selectAll(order: readonly string[]): Selection {
  return { ids: new Set(order), anchor: order[0] ?? null, cursor: order.at(-1) ?? null };
}

/** One click with its modifier keys. */
export function click(
  selection: Selection,
  order: readonly string[],
  id: string,
  keys: { shift: boolean; ctrl: boolean },
): Selection {
  if (keys.shift) return extendTo(selection, order, id, keys.ctrl);
  if (keys.ctrl) return toggle(selection, id);
  return selectOnly(id);
}

/**
 * The replacement for removed items: the next one after the last of them, or
 * else the one before the first.
 */
export function neighbour(order: readonly string[], going: readonly string[]): string | null {
  const gone = new Set(going);
  const last = order.findLastIndex((id) => gone.has(id));
  const after = order.slice(last + 1).find((id) => !gone.has(id));
  return after ?? order.slice(0, last + 1).findLast((id) => !gone.has(id)) ?? null;
}

/** Arrow keys: moves by `step` in the order and selects that item. */
export function move(
  selection: Selection,
  order: readonly string[],
  step: number,
  extend: boolean,
): Selection {
  if (order.length === 0) return NOTHING;
  const at = selection.cursor === null ? -1 : order.indexOf(selection.cursor);
  const next = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + step));
  const id = order[next] as string;
  return extend ? extendTo(selection, order, id) : selectOnly(id);
}
