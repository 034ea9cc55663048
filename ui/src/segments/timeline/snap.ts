/** Snap targets on the timeline, searched efficiently among thousands. */
import type { SourceAnalysis } from '../../platform';

/** Lists of moments, each in ascending order. */
export type Targets = readonly (readonly number[])[];

/** Index of the first entry that is not below `us`. */
export function firstFrom(sorted: readonly number[], us: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < us) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The nearest target within `within_us`; in a tie, the one from the earlier list. */
export function nearestOf(targets: Targets, us: number, within_us: number): number | null {
  let best: number | null = null;
  let distance = within_us;
  for (const list of targets) {
    const at = firstFrom(list, us);
    for (const target of [list[at - 1], list[at]]) {
      if (target === undefined) continue;
      const away = Math.abs(target - us);
      if (away > distance || (best !== null && away === distance)) continue;
      best = target;
      distance = away;
    }
  }
  return best;
}

/** Moments in ascending order, without duplicates. */
export const inOrder = (moments: Iterable<number>): number[] => [...new Set(moments)].sort((a, b) => a - b);

/** Where shots start; for a dissolve or a fade also where it ends. */
export function shotStarts(analysis: SourceAnalysis): number[] {
  return inOrder(
    analysis.shots.flatMap(({ start_us, in: { length_us } }) =>
      length_us > 0 ? [start_us, start_us + length_us] : [start_us],
    ),
  );
}

/** Snap targets in the footage itself: shots, pauses in speech, candidates. */
export function footageTargets(analysis: SourceAnalysis): number[] {
  const edges = [...analysis.speech, ...analysis.candidates].flatMap((each) => [each.start_us, each.end_us]);
  return inOrder([...shotStarts(analysis), ...edges]);
}

/**
 * The next moment after `us`, or the one before it; a moment within half a frame
 * counts as the current one.
 */
export function stepAmong(
  sorted: readonly number[],
  us: number,
  by: 1 | -1,
  frame_us: number,
): number | undefined {
  if (by > 0) return sorted[firstFrom(sorted, us + frame_us / 2)];
  return sorted[firstFrom(sorted, us - frame_us / 2) - 1];
}
