/** Leaving the keys with the screen while buttons are clicked. */
const FIELDS = 'input, textarea, select, [contenteditable="true"]';

/**
 * Buttons inside take a click without taking the focus, so that the next key is
 * the screen's: the space bar plays and does not press the last button again.
 * A field that is being written in is left as ever, for leaving it may mean
 * something. Use as an attachment.
 */
export function keepFocus(area: HTMLElement): () => void {
  const onmousedown = (event: MouseEvent) => {
    if (document.activeElement?.matches(FIELDS)) return;
    if ((event.target as Element).closest('button')) event.preventDefault();
  };
  area.addEventListener('mousedown', onmousedown);
  return () => area.removeEventListener('mousedown', onmousedown);
}
