/** The mixed sound of a clip: one file, as long as the clip. */
import { halt } from './film';
import { HAIR_S } from './take';

export class SoundTrack {
  /** Whether it can start at once. */
  ready = false;
  readonly #audio = new Audio();
  /** Where it was started, to see whether it runs. */
  #from = 0;
  #wanted = false;

  constructor(
    readonly url: string,
    /** Called if it was to play and cannot: the page may not play sound yet, or the file is gone. */
    readonly onrefused: () => void,
  ) {
    this.#audio.preload = 'auto';
    this.#audio.addEventListener('canplay', () => (this.ready = true));
    this.#audio.addEventListener('error', () => {
      this.ready = false;
      if (!this.#wanted) return;
      this.#wanted = false;
      this.onrefused();
    });
    this.#audio.src = url;
  }

  /** Whether its clock runs, so that the pictures can follow it. */
  get runs(): boolean {
    const audio = this.#audio;
    return this.#wanted && !audio.paused && !audio.seeking && audio.currentTime > this.#from;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  /** In seconds of the clip. */
  get time(): number {
    return this.#audio.currentTime;
  }

  get ended(): boolean {
    return this.#audio.ended;
  }

  set muted(on: boolean) {
    this.#audio.muted = on;
  }

  play(at: number, rate: number): void {
    this.#wanted = true;
    this.#audio.playbackRate = rate;
    this.#from = at;
    if (this.#audio.ended) this.#audio.load();
    if (Math.abs(this.#audio.currentTime - at) > HAIR_S) this.#audio.currentTime = at;
    // Refused before the first key press; then the films keep their own sound.
    this.#audio.play().catch(() => {
      if (!this.#audio.paused) return;
      this.#wanted = false;
      this.onrefused();
    });
  }

  pause(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    halt(this.#audio);
  }

  /** Releases its memory without waiting for the garbage collector. */
  release(): void {
    this.pause();
    this.ready = false;
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }
}
