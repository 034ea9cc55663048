/** Roving tabindex: arrow keys within a row of controls with a single tab stop. */

/** Where a key leads from `at` in a row of `count`; null for other keys. Wraps around. */
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

/** Handles a key press on a child of a row: moves the focus and returns the new index. */
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
