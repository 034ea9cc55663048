/** Which of many stretches are in the window: drawing costs what is seen, not what there is. */
import type { View } from '../../lib/timeline';
import type { Stretch } from '../../platform';

/** Index of the first for which `holds`; it must hold for all after it. */
function firstWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Those of stretches, in order and not overlapping, that the window shows any of. */
export function visible<T extends Stretch>(
  stretches: readonly T[],
  { from_us, span_us }: View,
): readonly T[] {
  const first = firstWhere(stretches, (each) => each.end_us >= from_us);
  const beyond = firstWhere(stretches, (each) => each.start_us > from_us + span_us);
  return stretches.slice(first, beyond);
}

/** The stretch that a moment lies in. */
export function stretchAt<T extends Stretch>(stretches: readonly T[], us: number): T | undefined {
  const found = stretches[firstWhere(stretches, (each) => each.end_us > us)];
  return found && found.start_us <= us ? found : undefined;
}
