/** Distance from the end of a list at which more is loaded. */
const AHEAD = '600px';

/**
 * Calls back when an element comes near the viewport. Use as an attachment of
 * an end marker that is recreated for each page: one that stays visible is not
 * reported twice.
 */
export function whenNear(near: () => void): (end: HTMLElement) => () => void {
  return (end) => {
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) near();
      },
      { rootMargin: AHEAD },
    );
    watch.observe(end);
    return () => watch.disconnect();
  };
}
