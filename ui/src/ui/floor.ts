/**
 * Keeps toasts clear of a bar at the bottom of a screen: they float above it.
 * Use as an attachment.
 */
export function floor(bar: HTMLElement): () => void {
  const { style } = document.documentElement;
  const measure = () => style.setProperty('--floor', `${bar.offsetHeight}px`);
  const watch = new ResizeObserver(measure);
  watch.observe(bar);
  measure();
  return () => {
    watch.disconnect();
    style.removeProperty('--floor');
  };
}
