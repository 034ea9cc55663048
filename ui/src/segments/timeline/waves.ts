/**
 * The waveform in tiles, loaded on demand. Each zoom level has columns twice as
 * long as the one below; a missing tile is drawn from another level, so that
 * nothing flickers.
 */
import type { View } from '../../lib/timeline';

/** Columns per tile. */
const COLUMNS = 1024;
/** Shortest column: the stored waveform is no finer. */
const SHORTEST_US = 10_000;
/** Number of cached tiles. */
const KEPT = 120;
/** Number of finer levels that can replace a missing tile. */
const FINER = 2;

/** A stretch to draw, from a tile that may reach beyond it. */
export interface Wave {
  start_us: number;
  end_us: number;
  /** Where the first column of `peaks` starts. */
  from_us: number;
  column_us: number;
  /** Lowest and highest sample of each column. */
  peaks: Int8Array;
}

interface Piece {
  peaks: Int8Array;
  column_us: number;
  stale: boolean;
}

export type LoadWave = (from_us: number, to_us: number, columns: number) => Promise<number[]>;

/** The level with the widest columns that are not wider than a pixel, if there is one. */
export const levelFor = (us_per_px: number): number =>
  Math.max(0, Math.floor(Math.log2(us_per_px / SHORTEST_US)));

const spanOf = (level: number): number => SHORTEST_US * 2 ** level * COLUMNS;

export class Waves {
  readonly #pieces = new Map<string, Piece>();
  readonly #loading = new Set<string>();
  #highest = 0;

  constructor(
    readonly duration_us: number,
    readonly load: LoadWave,
    /** Called when more can be drawn. */
    readonly changed: () => void,
  ) {
    while (spanOf(this.#highest) < duration_us) this.#highest += 1;
  }

  /** More is known of the sound: existing tiles stay until they are loaded again. */
  refresh(): void {
    for (const piece of this.#pieces.values()) piece.stale = true;
  }

  /** Requests the tiles of the viewport, and half a viewport on each side. */
  want(view: View, us_per_px: number): void {
    const level = this.#level(us_per_px);
    const span = spanOf(level);
    const first = Math.floor(Math.max(0, view.from_us - view.span_us / 2) / span);
    const end = Math.min(this.duration_us, view.from_us + view.span_us * 1.5);
    for (let index = first; index * span < end; index += 1) void this.#fetch(level, index);
  }

  /** What can be drawn of the viewport now. */
  waves(view: View, us_per_px: number): Wave[] {
    const level = this.#level(us_per_px);
    const span = spanOf(level);
    const end = Math.min(this.duration_us, view.from_us + view.span_us);
    const found: Wave[] = [];
    for (let index = Math.floor(view.from_us / span); index * span < end; index += 1) {
      const start_us = index * span;
      this.#collect(level, start_us, Math.min(start_us + span, this.duration_us), found);
    }
    return found;
  }

  #level(us_per_px: number): number {
    return Math.min(this.#highest, levelFor(us_per_px));
  }

  #collect(level: number, start_us: number, end_us: number, found: Wave[]): void {
    const nearer = [...Array(FINER).keys()].map((down) => level - 1 - down).filter((each) => each >= 0);
    // A coarser tile covers the whole of a finer one.
    for (let coarse = level; coarse <= this.#highest; coarse += 1) {
      const index = Math.floor(start_us / spanOf(coarse));
      const piece = this.#take(coarse, index);
      if (!piece) continue;
      found.push({ start_us, end_us, from_us: index * spanOf(coarse), ...piece });
      return;
    }
    for (const fine of nearer) {
      const span = spanOf(fine);
      for (let index = start_us / span; index * span < end_us; index += 1) {
        const piece = this.#take(fine, index);
        if (!piece) continue;
        const from_us = index * span;
        found.push({ start_us: from_us, end_us: Math.min(from_us + span, end_us), from_us, ...piece });
      }
      if (found.length > 0) return;
    }
  }

  #take(level: number, index: number): { peaks: Int8Array; column_us: number } | undefined {
    const key = `${level} ${index}`;
    const piece = this.#pieces.get(key);
    if (!piece) return undefined;
    // Keep recently used tiles longest.
    this.#pieces.delete(key);
    this.#pieces.set(key, piece);
    return { peaks: piece.peaks, column_us: piece.column_us };
  }

  async #fetch(level: number, index: number): Promise<void> {
    const key = `${level} ${index}`;
    const known = this.#pieces.get(key);
    if ((known && !known.stale) || this.#loading.has(key)) return;
    this.#loading.add(key);
    const from_us = index * spanOf(level);
    const to_us = Math.min(from_us + spanOf(level), this.duration_us);
    const columns = Math.max(1, Math.ceil((to_us - from_us) / (SHORTEST_US * 2 ** level)));
    try {
      const peaks = Int8Array.from(await this.load(from_us, to_us, columns));
      // Nothing is known yet, so request it again later.
      if (peaks.length === 0) return;
      this.#pieces.delete(key);
      this.#pieces.set(key, { peaks, column_us: (to_us - from_us) / columns, stale: false });
      for (const oldest of this.#pieces.keys()) {
        if (this.#pieces.size <= KEPT) break;
        this.#pieces.delete(oldest);
      }
      this.changed();
    } catch {
      // A waveform that cannot be loaded is simply not drawn.
    } finally {
      this.#loading.delete(key);
    }
  }
}
