/** Sort orders of a project's clips. Equal ones keep the order they were made in. */
import type { Clip } from '../platform';

export type Order = 'made' | 'score' | 'rating' | 'duration' | 'name';

const BY: Record<Exclude<Order, 'made'>, (a: Clip, b: Clip) => number> = {
  score: (a, b) => b.score_bp - a.score_bp,
  rating: (a, b) => b.rating - a.rating,
  duration: (a, b) => a.duration_us - b.duration_us,
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
};

export function sortClips(clips: readonly Clip[], order: Order): readonly Clip[] {
  return order === 'made' ? clips : clips.toSorted(BY[order]);
}
