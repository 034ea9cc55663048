/** Newly created projects that have no name yet: they open with their name selected. */
const unnamed = new Set<string>();

export function nameNext(id: string): void {
  unnamed.add(id);
}

/** Whether a project needs a name; true only once. */
export function takeUnnamed(id: string): boolean {
  return unnamed.delete(id);
}
