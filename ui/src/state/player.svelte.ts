/** A film under the editor's hand: play, step, shuttle, and what it is doing. */

const SPEEDS = [1, 2, 4, 8] as const;
/** One step of the arrow keys where the frame rate is not known. */
export const FRAME_S = 1 / 25;

export class Player {
  time = $state(0);
  duration = $state(0);
  paused = $state(true);
  waiting = $state(false);
  failed = $state(false);
  muted = $state(false);
  /** Shuttle speed: negative runs backwards, 0 stands. */
  speed = $state(0);

  #video: HTMLVideoElement | null = null;
  #frame = 0;
  #last = 0;

  get video(): HTMLVideoElement | null {
    return this.#video;
  }

  /** Takes over a video element; use as an attachment. */
  attach = (video: HTMLVideoElement): (() => void) => {
    this.#video = video;
    video.muted = this.muted;
    this.failed = video.error !== null;
    this.waiting = video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA && !this.failed;
    this.#read();
    const watch = new AbortController();
    const on = (names: string[], run: () => void) => {
      for (const name of names) video.addEventListener(name, run, { signal: watch.signal });
    };
    on(['play', 'pause', 'ended', 'seeked', 'durationchange', 'loadedmetadata', 'timeupdate', 'ratechange'], () =>
      this.#read(),
    );
    on(['waiting', 'loadstart'], () => (this.waiting = true));
    on(['canplay', 'playing', 'loadeddata'], () => {
      this.waiting = false;
      this.failed = false;
    });
    on(['error'], () => {
      this.failed = true;
      this.waiting = false;
    });
    this.#tick();
    return () => {
      watch.abort();
      cancelAnimationFrame(this.#frame);
      video.pause();
      if (this.#video === video) this.#video = null;
    };
  };

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
    video.currentTime = this.time;
  }

  step(frames: number): void {
    this.#run(0);
    this.seek(this.time + frames * FRAME_S);
  }

  toggleMute(): void {
    this.muted = !this.muted;
    if (this.#video) this.#video.muted = this.muted;
  }

  retry(): void {
    this.failed = false;
    this.#video?.load();
  }

  #run(speed: number): void {
    const video = this.#video;
    this.speed = speed;
    if (!video) return;
    if (speed <= 0) {
      video.pause();
      this.#last = performance.now();
      return;
    }
    video.playbackRate = speed;
    video.muted = this.muted || speed > 2;
    // Refused before the first press of a key; then the film waits for the space bar.
    video.play().catch(() => {
      this.speed = 0;
      this.#read();
    });
  }

  #read(): void {
    const video = this.#video;
    if (!video) return;
    this.time = video.currentTime;
    this.duration = Number.isFinite(video.duration) ? video.duration : 0;
    this.paused = video.paused;
    if (video.paused && this.speed > 0 && (video.ended || !video.seeking)) this.speed = 0;
    if (!video.paused && this.speed === 0) this.speed = video.playbackRate;
  }

  /** Follows the playhead between `timeupdate`s, and runs backwards, which browsers do not. */
  #tick(): void {
    this.#frame = requestAnimationFrame((now) => {
      const video = this.#video;
      if (video && !video.paused) this.time = video.currentTime;
      if (video && this.speed < 0) {
        this.seek(this.time + (this.speed * (now - this.#last)) / 1000);
        if (this.time <= 0) this.speed = 0;
      }
      this.#last = now;
      this.#tick();
    });
  }
}
