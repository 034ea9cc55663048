/** Cursor-based pages of a sorted list, like the library's. */
import type { Page } from '../platform/bindings';
import { checkWithin, invalid } from './rules';

type Key = string | number;

export interface Order<T> {
  key: (row: T) => Key;
  descending: boolean;
}

export function compare(a: Key, b: Key): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function place(cursor: string): [Key, string] {
  try {
    const read: unknown = JSON.parse(cursor);
    if (Array.isArray(read) && read.length === 2 && typeof read[1] === 'string') return read as [Key, string];
  } catch {
    // Reported below, like every other invalid cursor.
  }
  throw invalid('cursor', { why: 'cursor' });
}

export function page<T extends { id: string }>(
  rows: T[],
  order: Order<T>,
  asked: { cursor?: string | null; limit?: number | null },
  size: { usual: number; most: number },
): Page<T> {
  const limit = checkWithin('limit', asked.limit ?? size.usual, 1, size.most);
  const sign = order.descending ? -1 : 1;
  const by = (a: [Key, string], b: [Key, string]) => sign * (compare(a[0], b[0]) || compare(a[1], b[1]));
  const sorted = rows
    .map((row) => ({ row, at: [order.key(row), row.id] as [Key, string] }))
    .sort((a, b) => by(a.at, b.at));
  const after = asked.cursor ? place(asked.cursor) : null;
  const from = after ? sorted.findIndex(({ at }) => by(at, after) > 0) : 0;
  const items = from < 0 ? [] : sorted.slice(from, from + limit);
  const last = items.at(-1);
  const more = last !== undefined && from + limit < sorted.length;
  return {
    items: items.map(({ row }) => row),
    next_cursor: more ? JSON.stringify(last.at) : null,
    total: rows.length,
  };
}
