/** What the controls need of whatever plays: one film, or the pieces of an edit list. */

const SPEEDS = [1, 2, 4, 8] as const;

export interface Playback {
  /** The playhead and the length, in seconds. */
  readonly time: number;
  readonly duration: number;
  /** Shuttle speed: negative is backwards, 0 is paused. */
  readonly speed: number;
  readonly muted: boolean;
  /** Whether there is no picture yet, or a film that should play stands still. */
  readonly waiting: boolean;
  readonly failed: boolean;
  /** Length of an arrow key step, in seconds. */
  readonly frame: number;
  play(): void;
  pause(): void;
  /** At the end, restarts from the beginning. */
  toggle(): void;
  /** `L` and `J`: each press speeds up in that direction; the other key stops first. */
  shuttle(direction: 1 | -1): void;
  seek(seconds: number): void;
  step(frames: number): void;
  toggleMute(): void;
  retry(): void;
}

/** The speed after one more press of `L` (1) or `J` (-1). */
export function shuttled(speed: number, direction: 1 | -1): number {
  if (speed * direction < 0) return 0;
  const at = SPEEDS.findIndex((one) => one === Math.abs(speed));
  return direction * (SPEEDS[Math.min(at + 1, SPEEDS.length - 1)] as number);
}
