/** Arrow keys within a row of controls of which the tab key finds one. */

/** Where a key leads from `at` in a row of `count`; null for other keys. Ends meet. */
function rovingStep(key: string, at: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowLeft':
    case 'ArrowUp':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** Handles a press on one of the children of a row: moves the focus and tells where to. */
export function rove(event: KeyboardEvent & { currentTarget: HTMLElement }, role: string): number | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const row = event.currentTarget.closest('[data-roving]');
  const all = [...(row?.querySelectorAll<HTMLElement>(`[role="${role}"]:not(:disabled)`) ?? [])];
  const next = rovingStep(event.key, all.indexOf(event.currentTarget), all.length);
  if (next === null) return null;
  event.preventDefault();
  event.stopPropagation();
  all[next]?.focus();
  return next;
}
