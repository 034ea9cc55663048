/** How far off the end of a list is when more of it is asked for. */
const AHEAD = '600px';

/**
 * Tells when an element comes near the part of the window that is in sight. Use
 * as an attachment of what stands at the end of a list, made anew for each page:
 * an end that stays in sight is not told of twice.
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
