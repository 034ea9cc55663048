/** A film under the editor's hand: play, step, shuttle, and what it is doing. */
import { untrack } from 'svelte';

const SPEEDS = [1, 2, 4, 8] as const;
/** One step of the arrow keys where the frame rate is not known. */
const FRAME_S = 1 / 25;
/** How long a film stands still that could run, until it is started anew, in milliseconds. */
const STUCK_MS = 600;
/** How much has to be there ahead of the playhead for a film to run, in seconds. */
const AHEAD_S = 0.2;

/** Whether there is enough at the playhead to run on. */
function couldRun(video: HTMLVideoElement): boolean {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
  const [at, { buffered }] = [video.currentTime, video];
  const ahead = Math.min(at + AHEAD_S, video.duration);
  for (let range = 0; range < buffered.length; range += 1) {
    if (buffered.start(range) <= at && ahead <= buffered.end(range)) return true;
  }
  return false;
}

export class Player {
  time = $state(0);
  duration = $state(0);
  paused = $state(true);
  waiting = $state(false);
  failed = $state(false);
  muted = $state(false);
  /** Shuttle speed: negative runs backwards, 0 stands. */
  speed = $state(0);
  /** One step of the arrow keys, in seconds. */
  frame = FRAME_S;
  /** Whether the editor wants to see it run: stays true at the end of the film, and from one film to the next. */
  wanted = false;

  #video: HTMLVideoElement | null = null;
  #request = 0;
  #last = 0;
  /** When the playhead last moved while the film ran. */
  #moved = 0;
  /** Where to go once the seek under way has arrived: seeks that overtake each other would pile up. */
  #next: number | null = null;

  get video(): HTMLVideoElement | null {
    return this.#video;
  }

  /**
   * Takes over a video element; use as an attachment. What it reads here must
   * not run it again: each press of mute would stop the film.
   */
  attach = (video: HTMLVideoElement): (() => void) => untrack(() => this.#take(video));

  #take(video: HTMLVideoElement): () => void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.#video = video;
    this.#next = null;
    this.speed = 0;
    video.muted = this.muted;
    this.failed = video.error !== null;
    this.waiting = video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA && !this.failed;
    this.#read();
    const watch = new AbortController();
    const on = (names: string[], run: () => void) => {
      for (const name of names) video.addEventListener(name, run, { signal: watch.signal });
    };
    on(['play', 'pause', 'ended', 'durationchange', 'loadedmetadata', 'timeupdate', 'ratechange'], () =>
      this.#read(),
    );
    on(['play'], () => this.#follow());
    on(['seeked'], () => {
      const next = this.#next;
      this.#next = null;
      if (next === null) this.#read();
      else video.currentTime = next;
    });
    on(['emptied'], () => {
      this.#next = null;
      this.speed = 0;
    });
    on(['waiting', 'loadstart'], () => (this.waiting = true));
    on(['canplay', 'playing', 'loadeddata'], () => {
      this.waiting = false;
      this.failed = false;
    });
    on(['error'], () => {
      this.failed = true;
      this.waiting = false;
      this.speed = 0;
    });
    return () => {
      watch.abort();
      video.pause();
      // Another film may have been taken over before this one is let go.
      if (this.#video !== video) return;
      cancelAnimationFrame(this.#request);
      this.#request = 0;
      this.#video = null;
      this.speed = 0;
    };
  }

  play(): void {
    this.#run(1);
  }

  pause(): void {
    this.#run(0);
  }

  toggle(): void {
    if (this.speed === 0 && this.#video?.ended) this.seek(0);
    this.#run(this.speed === 0 ? 1 : 0);
  }

  /** `L` and `J`: each press runs faster that way; the other key stops first. */
  shuttle(direction: 1 | -1): void {
    if (this.speed * direction < 0) return this.#run(0);
    const at = SPEEDS.findIndex((speed) => speed === Math.abs(this.speed));
    this.#run(direction * (SPEEDS[Math.min(at + 1, SPEEDS.length - 1)] as number));
  }

  seek(seconds: number): void {
    const video = this.#video;
    if (!video) return;
    const end = Number.isFinite(video.duration) ? video.duration : seconds;
    this.time = Math.min(Math.max(0, seconds), end);
    if (video.seeking) this.#next = this.time;
    else video.currentTime = this.time;
  }

  step(frames: number): void {
    this.#run(0);
    this.seek(this.time + frames * this.frame);
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

  #run(speed: number): void {
    const video = this.#video;
    if (!video) return;
    this.speed = speed;
    this.wanted = speed > 0;
    if (speed <= 0) {
      video.pause();
      if (speed < 0) this.#follow();
      return;
    }
    video.playbackRate = speed;
    // Sound at four times the speed and more is only noise.
    video.muted = this.muted || speed > 2;
    // Refused before the first press of a key; then the film waits for the space bar.
    video.play().catch(() => {
      if (this.#video !== video) return;
      this.speed = 0;
      this.#read();
    });
  }

  #read(): void {
    const video = this.#video;
    if (!video) return;
    if (this.#next === null) this.time = video.currentTime;
    this.duration = Number.isFinite(video.duration) ? video.duration : 0;
    this.paused = video.paused;
    if (video.paused && this.speed > 0 && (video.ended || !video.seeking)) this.speed = 0;
    if (!video.paused && this.speed === 0) this.speed = video.playbackRate;
  }

  /** Follows the playhead between `timeupdate`s, and runs backwards, which browsers do not. */
  #follow(): void {
    if (this.#request !== 0) return;
    this.#last = performance.now();
    this.#moved = this.#last;
    const tick = (now: number) => {
      const video = this.#video;
      this.#request = 0;
      if (!video) return;
      if (this.speed < 0) {
        this.seek(this.time + (this.speed * (now - this.#last)) / 1000);
        if (this.time <= 0) this.speed = 0;
      } else if (!video.paused && this.#next === null) {
        // After a seek it has as long as at the start.
        if (video.seeking || this.time !== video.currentTime) this.#moved = now;
        this.time = video.currentTime;
        this.#unstick(video, now);
      }
      this.#last = now;
      if (this.speed !== 0 || !video.paused) this.#request = requestAnimationFrame(tick);
    };
    this.#request = requestAnimationFrame(tick);
  }

  /**
   * Starts a film anew that stands still with all that it needs: now and then
   * WebKitGTK waits at the first frames for data that it has, and would for ever.
   */
  #unstick(video: HTMLVideoElement, now: number): void {
    if (now - this.#moved < STUCK_MS || !couldRun(video)) return;
    this.#moved = now;
    video.pause();
    void video.play().catch(() => undefined);
  }
}
