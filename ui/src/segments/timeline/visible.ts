/** Which stretches are in the viewport, so that drawing costs what is visible, not the total. */
import type { View } from '../../lib/timeline';
import type { Stretch } from '../../platform';

/** Index of the first item for which `holds`; it must hold for all later ones. */
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

/** The visible ones among ordered stretches without overlaps. */
export function visible<T extends Stretch>(
  stretches: readonly T[],
  { from_us, span_us }: View,
): readonly T[] {
  const first = firstWhere(stretches, (each) => each.end_us >= from_us);
  const beyond = firstWhere(stretches, (each) => each.start_us > from_us + span_us);
  return stretches.slice(first, beyond);
}

/** The stretch at a moment. */
export function stretchAt<T extends Stretch>(stretches: readonly T[], us: number): T | undefined {
  const found = stretches[firstWhere(stretches, (each) => each.end_us > us)];
  return found && found.start_us <= us ? found : undefined;
}
