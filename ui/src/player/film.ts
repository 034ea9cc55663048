/**
 * A video element as WebKitGTK needs it to be handled. What it gets stuck in is
 * left by loading the film anew, which takes a few frames and goes on showing
 * the picture that was there.
 */

/** How short of the end a seek stops, in seconds: less than a frame. A film at its very end takes no seek any more. */
const SHORT_OF_END_S = 0.005;

/** The last moment that a film is moved to. */
export function lastMoment({ duration }: HTMLVideoElement): number {
  return Number.isFinite(duration) ? Math.max(0, duration - SHORT_OF_END_S) : Infinity;
}

/** Moves the playhead. Answers whether the film is loaded anew for it, as one is that ran to its end. */
export function moveTo(video: HTMLVideoElement, seconds: number): boolean {
  const to = Math.min(seconds, lastMoment(video));
  const anew = video.ended;
  if (anew) video.load();
  video.currentTime = to;
  return anew;
}

/**
 * Stops a film where it is. Answers whether it is loaded anew for it: once the
 * speed of a film with sound was changed, it may refuse to stop.
 */
export function halt(video: HTMLVideoElement): boolean {
  video.pause();
  if (video.paused) return false;
  const at = video.currentTime;
  video.load();
  video.currentTime = at;
  return true;
}

/** Gives back what a film holds once it is off the page, at once and not when the collector comes by. Use as an attachment. */
export function unload(video: HTMLVideoElement): () => void {
  return () => {
    video.removeAttribute('src');
    video.load();
  };
}
