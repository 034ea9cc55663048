/** Leaving the keys with the screen while buttons are clicked. */
const FIELDS = 'input, textarea, select, [contenteditable="true"]';

/**
 * Buttons inside take a click without taking the focus, so that the next key is
 * the screen's: the space bar plays and does not press the last button again.
 * A button of the same row that has the focus gives it up, for its arrow keys
 * would move in the row. A field that is being written in is left as ever, for
 * leaving it may mean something. Use as an attachment.
 */
export function keepFocus(area: HTMLElement): () => void {
  const onmousedown = (event: MouseEvent) => {
    if (document.activeElement?.matches(FIELDS)) return;
    const pressed = (event.target as Element).closest('button');
    if (!pressed) return;
    event.preventDefault();
    const row = pressed.closest('[role="tablist"]');
    if (row?.contains(document.activeElement)) (document.activeElement as HTMLElement).blur();
  };
  area.addEventListener('mousedown', onmousedown);
  return () => area.removeEventListener('mousedown', onmousedown);
}
