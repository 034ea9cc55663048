/** Moving items in a list of which only a part may be shown. */

/** Moves the item at `from` so that it stands at `to`. */
export function moveItem<T>(items: readonly T[], from: number, to: number): T[] {
  if (from === to || from < 0 || from >= items.length) return [...items];
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(Math.min(Math.max(0, to), rest.length), 0, items[from] as T);
}

/**
 * The new order of the whole when a part of it was put into another order: the
 * places that the part's items held are filled with them in their new order,
 * and nothing else moves.
 */
export function reorderWithin(whole: readonly string[], part: readonly string[]): string[] {
  const moved = new Set(part);
  let next = 0;
  return whole.map((id) => (moved.has(id) ? (part[next++] as string) : id));
}

/** The order once an item was put before another, or behind all. */
export function putBefore(order: readonly string[], id: string, before: string | null): string[] {
  const rest = order.filter((other) => other !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  return rest.toSpliced(at < 0 ? rest.length : at, 0, id);
}

/** What an item stands before; null where it is the last. */
export function behind(order: readonly string[], id: string): string | null {
  return order[order.indexOf(id) + 1] ?? null;
}
