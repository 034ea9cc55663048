/**
 * Workarounds for a video element in WebKitGTK. When it gets stuck, reloading
 * the video helps; that takes a few frames and keeps showing the current
 * picture.
 */

/**
 * How far before the end a seek stops, in seconds: less than a frame. A video
 * at its very end ignores further seeks.
 */
const SHORT_OF_END_S = 0.005;

/** The last moment a video is moved to. */
export function lastMoment({ duration }: HTMLVideoElement): number {
  return Number.isFinite(duration) ? Math.max(0, duration - SHORT_OF_END_S) : Infinity;
}

/**
 * Moves the playhead. Returns whether the video is reloaded for it, as is
 * necessary once it has ended.
 */
export function moveTo(video: HTMLVideoElement, seconds: number): boolean {
  const to = Math.min(seconds, lastMoment(video));
  const anew = video.ended;
  if (anew) video.load();
  video.currentTime = to;
  return anew;
}

/**
 * Pauses a video. Returns whether it is reloaded for it: once the speed of a
 * video with sound was changed, it may ignore the pause.
 */
export function halt(video: HTMLMediaElement): boolean {
  video.pause();
  if (video.paused) return false;
  const at = video.currentTime;
  video.load();
  video.currentTime = at;
  return true;
}

/**
 * Releases a video's memory as soon as it is removed from the page, without
 * waiting for the garbage collector. Use as an attachment.
 */
export function unload(video: HTMLVideoElement): () => void {
  return () => {
    video.removeAttribute('src');
    video.load();
  };
}
