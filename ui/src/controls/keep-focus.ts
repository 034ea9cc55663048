/** Keeps the focus on the screen while buttons are clicked. */
const FIELDS = 'input, textarea, select, [contenteditable="true"]';

/**
 * Buttons inside take a click without taking the focus, so that the next key
 * goes to the screen: the space bar plays instead of pressing the last button
 * again. A focused button of the same row is blurred, because its arrow keys
 * would move within the row. A text field in use is blurred as usual, since
 * that may commit its value. Use as an attachment.
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
