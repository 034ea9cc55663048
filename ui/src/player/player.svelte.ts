/** The player of one film: play, step, shuttle, and its state. */
import { untrack } from 'svelte';
import { halt, lastMoment, moveTo } from './film';
import { type Playback, shuttled } from './playback';

/** Length of an arrow key step if the frame rate is unknown. */
const FRAME_S = 1 / 25;
/** How long a video that could play may stand still before it is reloaded, in milliseconds. */
const STUCK_MS = 600;
/** How long a video that should play may stand still before it counts as waiting, in milliseconds. */
const WAITING_MS = 250;
/** How much must be buffered ahead of the playhead to play, in seconds. */
const AHEAD_S = 0.2;

/** Events after which the state is read again. */
const CHANGES = [
  'play',
  'pause',
  'ended',
  'waiting',
  'loadstart',
  'durationchange',
  'timeupdate',
  'ratechange',
];

/** Whether enough is buffered at the playhead to continue. */
function couldRun(video: HTMLVideoElement): boolean {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
  const [at, { buffered }] = [video.currentTime, video];
  const ahead = Math.min(at + AHEAD_S, video.duration);
  for (let range = 0; range < buffered.length; range += 1) {
    if (buffered.start(range) <= at && ahead <= buffered.end(range)) return true;
  }
  return false;
}

export class Player implements Playback {
  time = $state(0);
  duration = $state(0);
  paused = $state(true);
  waiting = $state(false);
  failed = $state(false);
  muted = $state(false);
  speed = $state(0);
  frame = FRAME_S;

  #video: HTMLVideoElement | null = null;
  #request = 0;
  #last = 0;
  /** When the playhead last moved during playback. */
  #moved = 0;
  /** When a playing video last had a reason to stand still: it was started, moved, or was seeking. */
  #excused = 0;
  /** Whether the video is being reloaded because it was stuck. */
  #reloading = false;
  /** Where to go once the current seek has arrived: overlapping seeks would pile up. */
  #next: number | null = null;

  get video(): HTMLVideoElement | null {
    return this.#video;
  }

  /**
   * Takes over a video element; use as an attachment. What it reads must not
   * rerun it: pressing mute would stop the video.
   */
  attach = (video: HTMLVideoElement): (() => void) => untrack(() => this.#take(video));

  #take(video: HTMLVideoElement): () => void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.#video = video;
    this.#next = null;
    this.#reloading = false;
    this.speed = 0;
    video.muted = this.muted;
    this.failed = video.error !== null;
    this.#read();
    const watch = new AbortController();
    const on = (names: string[], run: () => void) => {
      for (const name of names) video.addEventListener(name, run, { signal: watch.signal });
    };
    on(CHANGES, () => this.#read());
    on(['play'], () => this.#follow());
    on(['seeked'], () => {
      const next = this.#next;
      this.#next = null;
      if (next === null) this.#read();
      else this.#move(video, next);
    });
    on(['emptied'], () => {
      if (this.#reloading) return;
      this.speed = 0;
      this.#next = null;
      this.#read();
    });
    on(['loadedmetadata'], () => {
      this.#reloading = false;
      this.#read();
    });
    on(['canplay', 'playing', 'loadeddata'], () => {
      this.failed = false;
      this.#read();
    });
    on(['error'], () => {
      this.failed = true;
      this.#reloading = false;
      this.#read();
    });
    return () => {
      watch.abort();
      halt(video);
      // Another video may have been attached before this one is detached.
      if (this.#video !== video) return;
      cancelAnimationFrame(this.#request);
      this.#request = 0;
      this.#video = null;
      this.speed = 0;
    };
  }

  play(): void {
    this.run(1);
  }

  pause(): void {
    this.run(0);
  }

  toggle(): void {
    if (this.speed === 0 && this.#video && this.time >= this.duration) this.seek(0);
    this.run(this.speed === 0 ? 1 : 0);
  }

  shuttle(direction: 1 | -1): void {
    this.run(shuttled(this.speed, direction));
  }

  seek(seconds: number): void {
    const video = this.#video;
    if (!video) return;
    this.time = Math.min(Math.max(0, seconds), this.duration || seconds);
    if (video.seeking) this.#next = this.time;
    else this.#move(video, this.time);
  }

  step(frames: number): void {
    this.run(0);
    // From the end, one step back is the frame before the last one.
    const from = this.#video ? Math.min(this.time, lastMoment(this.#video)) : this.time;
    this.seek(from + frames * this.frame);
  }

  toggleMute(): void {
    this.mute(!this.muted);
  }

  mute(on: boolean): void {
    this.muted = on;
    if (this.#video) this.#video.muted = on || this.speed > 2;
  }

  retry(): void {
    this.failed = false;
    this.#video?.load();
  }

  /** Plays at a speed; 0 pauses. */
  run(speed: number): void {
    const video = this.#video;
    if (!video) return;
    this.speed = speed;
    if (speed <= 0) {
      this.#reloading = halt(video) || this.#reloading;
      if (speed < 0) this.#follow();
      return;
    }
    this.#moved = this.#excused = performance.now();
    video.playbackRate = speed;
    // At four times the speed and above, sound is only noise.
    video.muted = this.muted || speed > 2;
    // Refused before the first key press; then the video waits for the space bar.
    video.play().catch(() => {
      if (this.#video !== video) return;
      this.speed = 0;
      this.#read();
    });
  }

  #move(video: HTMLVideoElement, seconds: number): void {
    this.#reloading = moveTo(video, seconds) || this.#reloading;
  }

  #read(): void {
    const video = this.#video;
    if (!video) return;
    this.paused = video.paused;
    // A video that is being reloaded has no length for a moment, but is the same video.
    if (!this.#reloading) {
      this.duration = Number.isFinite(video.duration) ? video.duration : 0;
      if (this.#next === null) this.time = this.#playhead(video);
    }
    if (this.failed) this.speed = 0;
    else if (video.paused && this.speed > 0 && (video.ended || !video.seeking)) this.speed = 0;
    else if (!video.paused && this.speed === 0) this.speed = video.playbackRate;
    this.#readWaiting(video, performance.now());
  }

  /** The playback position. Seeks stop just before the end, which is still shown as the end. */
  #playhead(video: HTMLVideoElement): number {
    return video.currentTime >= lastMoment(video) ? video.duration : video.currentTime;
  }

  /**
   * Whether there is no picture yet, or a video that should play does not.
   * Derived from the playhead: after a change of speed WebKitGTK reports that
   * it waits, but never that it continues.
   */
  #readWaiting(video: HTMLVideoElement, now: number): void {
    const stands = this.speed > 0 && !video.paused && now - this.#moved >= WAITING_MS;
    this.waiting = !this.failed && (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || stands);
  }

  /** Follows the playhead between `timeupdate`s, and plays backwards, which browsers cannot. */
  #follow(): void {
    if (this.#request !== 0) return;
    this.#last = this.#moved = this.#excused = performance.now();
    const tick = (now: number) => {
      const video = this.#video;
      this.#request = 0;
      if (!video) return;
      if (this.speed < 0) {
        this.seek(this.time + (this.speed * (now - this.#last)) / 1000);
        if (this.time <= 0) this.speed = 0;
      } else if (!video.paused && this.#next === null) {
        const at = this.#playhead(video);
        if (this.time !== at) this.#moved = now;
        // After a seek it gets as much time as at the start.
        if (video.seeking || this.time !== at) this.#excused = now;
        this.time = at;
        this.#readWaiting(video, now);
        this.#unstick(video, now);
      }
      this.#last = now;
      if (this.speed !== 0 || !video.paused) this.#request = requestAnimationFrame(tick);
    };
    this.#request = requestAnimationFrame(tick);
  }

  /**
   * Reloads a video that stands still although it has all it needs:
   * occasionally WebKitGTK waits forever at the first frames for data it
   * already has.
   */
  #unstick(video: HTMLVideoElement, now: number): void {
    if (now - this.#excused < STUCK_MS || !couldRun(video)) return;
    this.#excused = now;
    video.pause();
    void video.play().catch(() => undefined);
  }
}
