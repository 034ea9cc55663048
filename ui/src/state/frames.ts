/** Work that waits for a frame, so that a burst is drawn once. */

/** Between two draws, in milliseconds: progress is not read more often, and a repaint costs more than a frame where no graphics card helps. */
const APART_MS = 250;

/** A window that is not to be seen draws no frames; it is served by the clock. */
const UNSEEN_MS = 250;

/** Runs once before a frame is drawn that is not too near to `last`. The answer takes it back. */
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
