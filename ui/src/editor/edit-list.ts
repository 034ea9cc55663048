/** Edit list arithmetic: how a trim changes the cuts. */
import type { Cut } from '../platform';

/** Shortest allowed clip. */
const SHORTEST_CLIP_US = 500_000;

export function lengthOf(cuts: readonly Cut[]): number {
  return cuts.reduce((sum, cut) => sum + (cut.out_us - cut.in_us), 0);
}

/**
 * Moves the first in point or the last out point; outwards as far as the source
 * goes, inwards until the clip would be too short.
 */
export function moveEnd(cuts: readonly Cut[], end: 'in' | 'out', by_us: number, source_us: number): Cut[] {
  const index = end === 'in' ? 0 : cuts.length - 1;
  const cut = cuts[index];
  if (!cut) return [...cuts];
  const rest = lengthOf(cuts) - (cut.out_us - cut.in_us);
  const shortest = Math.max(SHORTEST_CLIP_US - rest, 40_000);
  if (end === 'in') {
    const in_us = Math.min(Math.max(0, cut.in_us + by_us), cut.out_us - shortest);
    return cuts.with(index, { ...cut, in_us });
  }
  const out_us = Math.max(Math.min(source_us, cut.out_us + by_us), cut.in_us + shortest);
  return cuts.with(index, { ...cut, out_us });
}
