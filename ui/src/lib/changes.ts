/**
 * The changed parts of a value: only those are sent, so that concurrent changes
 * from another window are kept.
 */

/** Whether two values of rows are equal. */
export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The fields that differ, with their new values. */
export function changedFields<T extends object>(before: T, after: T): Partial<T> {
  const entries = Object.entries(after).filter(([field, value]) => !same(before[field as keyof T], value));
  return Object.fromEntries(entries) as Partial<T>;
}

/** The added and removed tags. */
export function changedTags(
  before: readonly string[],
  after: readonly string[],
): { add_tags?: string[]; remove_tags?: string[] } {
  const added = after.filter((word) => !before.includes(word));
  const removed = before.filter((word) => !after.includes(word));
  return {
    ...(added.length > 0 && { add_tags: added }),
    ...(removed.length > 0 && { remove_tags: removed }),
  };
}
