/** Work that waits for the next frame, so that a burst is drawn once. */

/** A window that is not to be seen draws no frames; it is served by the clock. */
const UNSEEN_MS = 250;

/** Runs once before the next frame is drawn. The answer takes it back. */
export function beforeFrame(work: () => void): () => void {
  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const run = () => {
    stop();
    work();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, UNSEEN_MS);
  return stop;
}
