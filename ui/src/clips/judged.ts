/**
 * What a verdict was just given on. If the screen advances after a verdict,
 * stars that follow immediately are still meant for that item, not for its
 * successor.
 */

/**
 * Long enough for a second key, and too short to have watched the next clip.
 */
const FRESH_MS = 1_500;

export class Judged<T> {
  #what: T | null = null;
  #until = 0;

  remember(what: T): void {
    this.#what = what;
    this.#until = performance.now() + FRESH_MS;
  }

  /** Call when the editor turns to something else. */
  forget(): void {
    this.#what = null;
  }

  /** The judged item, while the next key can still be meant for it. */
  get fresh(): T | null {
    return performance.now() < this.#until ? this.#what : null;
  }
}
