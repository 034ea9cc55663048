/** Moving items in a list that may be shown only partly. */

/** Moves the item at `from` to `to`. */
export function moveItem<T>(items: readonly T[], from: number, to: number): T[] {
  if (from === to || from < 0 || from >= items.length) return [...items];
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(Math.min(Math.max(0, to), rest.length), 0, items[from] as T);
}

/**
 * The new order of the whole list after a part was reordered: the positions of
 * the part's items are filled with them in their new order, and nothing else
 * moves.
 */
export function reorderWithin(whole: readonly string[], part: readonly string[]): string[] {
  const moved = new Set(part);
  let next = 0;
  return whole.map((id) => (moved.has(id) ? (part[next++] as string) : id));
}

/** The order after moving an item before another, or to the end. */
export function putBefore(order: readonly string[], id: string, before: string | null): string[] {
  const rest = order.filter((other) => other !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  return rest.toSpliced(at < 0 ? rest.length : at, 0, id);
}

/** The item after an item; null if it is the last. */
export function behind(order: readonly string[], id: string): string | null {
  return order[order.indexOf(id) + 1] ?? null;
}
