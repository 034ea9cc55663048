/** Work deferred to the next frame, so that a burst is drawn once. */

/**
 * Minimum interval between draws, in milliseconds: progress is not read faster,
 * and a repaint takes more than a frame without a graphics card.
 */
const APART_MS = 250;

/** A hidden window draws no frames, so a timer is used. */
const UNSEEN_MS = 250;

/** Runs once before a frame that is not too close to `last`. The returned function cancels it. */
export function beforeFrame(work: () => void, last = -Infinity): () => void {
  let frame = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(pause);
    clearTimeout(unseen);
  };
  const run = () => {
    stop();
    work();
  };
  const ask = () => (frame = requestAnimationFrame(run));
  const wait = Math.max(0, last + APART_MS - performance.now());
  const pause = wait > 0 ? setTimeout(ask, wait) : undefined;
  const unseen = setTimeout(run, wait + UNSEEN_MS);
  if (wait === 0) ask();
  return stop;
}
