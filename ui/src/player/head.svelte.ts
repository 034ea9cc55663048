/** A video element that is kept ready at one place of its footage. */
import { untrack } from 'svelte';
import type { Size } from '../lib/framing';
import { isAt, type Place } from './heads';
import { Player } from './player.svelte';

/** How far from its place a picture may be to be the one of the place, in seconds. */
const NEAR_S = 0.25;

let count = 0;

export class Head {
  readonly id = (count += 1);
  readonly player = new Player();
  place = $state.raw<Place | null>(null);
  /** Whether the picture of its place was decoded since it was sent there. */
  ready = $state(false);
  size = $state.raw<Size | null>(null);
  /** Whether it has left its place: it played, or the editor moved in the piece. */
  #moved = false;
  /** Where it was sent last, for an element that comes later. */
  #target = 0;

  constructor(
    readonly src: string,
    /** Called when it is ready, or failed. */
    readonly onsettled: (head: Head) => void,
  ) {}

  /** Takes over a video element; use as an attachment. */
  attach = (video: HTMLVideoElement): (() => void) =>
    untrack(() => {
      const release = this.player.attach(video);
      const watch = new AbortController();
      const on = (name: string, run: () => void) =>
        video.addEventListener(name, run, { signal: watch.signal });
      on('loadedmetadata', () => {
        if (video.videoWidth > 0) this.size = { width: video.videoWidth, height: video.videoHeight };
      });
      for (const name of ['seeked', 'loadeddata', 'canplay']) on(name, () => this.#arrive(video));
      on('error', () => {
        this.ready = false;
        this.onsettled(this);
      });
      this.player.seek(this.#target);
      return () => {
        watch.abort();
        release();
        this.ready = false;
      };
    });

  /** Sends it to a place, where it stands. */
  cue(place: Place): void {
    if (isAt(this, place) && !this.#moved && !this.player.failed) return;
    this.place = place;
    this.ready = false;
    this.#moved = false;
    if (this.player.failed) this.player.retry();
    else this.player.run(0);
    this.#send(place.at);
  }

  /** Where it stands or plays is part of another place from now on. */
  rename(place: Place): void {
    this.place = place;
    this.#moved = true;
  }

  /** Moves within its piece. */
  seek(at: number): void {
    this.#moved = true;
    this.#send(at);
  }

  /** Loads its film again after a failure. */
  retry(): void {
    this.ready = false;
    this.player.retry();
    this.#send(this.#target);
  }

  run(speed: number): void {
    if (speed !== 0) this.#moved = true;
    this.player.run(speed);
  }

  get moved(): boolean {
    return this.#moved;
  }

  #send(at: number): void {
    this.#target = at;
    this.player.seek(at);
  }

  #arrive(video: HTMLVideoElement): void {
    if (this.ready || !this.place || video.seeking) return;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    if (!this.#moved && Math.abs(video.currentTime - this.place.at) > NEAR_S) return;
    this.ready = true;
    this.onsettled(this);
  }
}
