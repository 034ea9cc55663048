/**
 * What a verdict was given on a moment ago. Where the screen goes on by itself
 * after one, stars that follow at once are still meant for that, and not for
 * what has come in its place.
 */

/** Long enough for a second key, and too short to have watched the next clip. */
const FRESH_MS = 1_500;

export class Judged<T> {
  #what: T | null = null;
  #until = 0;

  remember(what: T): void {
    this.#what = what;
    this.#until = performance.now() + FRESH_MS;
  }

  /** Call where the editor turns to something else. */
  forget(): void {
    this.#what = null;
  }

  /** What was judged, as long as the next key can be meant for it. */
  get fresh(): T | null {
    return performance.now() < this.#until ? this.#what : null;
  }
}
