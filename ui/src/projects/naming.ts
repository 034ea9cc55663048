/** Projects that were made a moment ago and are still to be named: they open with their name selected. */
const unnamed = new Set<string>();

export function nameNext(id: string): void {
  unnamed.add(id);
}

/** Whether a project waits for its name; it is asked for once. */
export function takeUnnamed(id: string): boolean {
  return unnamed.delete(id);
}
