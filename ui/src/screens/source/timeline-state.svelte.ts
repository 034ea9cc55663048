/** What of a film the timeline shows, and what is being dragged on it. */
import {
  follow,
  frame,
  momentAt,
  moveEdge,
  moveWhole,
  pan,
  shareOf,
  snap,
  type View,
  wholeView,
  zoom,
} from '../../lib/timeline';
import type { Segment } from '../../platform';

/** Distance in which a moment is drawn to a target. */
const SNAP_PX = 7;

export interface Stretch {
  in_us: number;
  out_us: number;
}

export type Grip = 'in' | 'out' | 'whole';

interface Drag {
  id: string;
  grip: Grip;
  /** Where on the segment it was taken hold of. */
  offset_us: number;
  now: Stretch;
}

export class TimelineState {
  view = $state.raw<View>({ from_us: 0, span_us: 1 });
  width = $state(0);
  duration_us = $state(0);
  snapping = $state(true);
  drag = $state.raw<Drag | null>(null);
  /** Where something was just drawn to, to be shown as a line. */
  snappedTo = $state<number | null>(null);

  load(duration_us: number): void {
    this.duration_us = duration_us;
    this.view = wholeView(duration_us);
    this.drag = null;
  }

  left(us: number): number {
    return shareOf(this.view, us) * this.width;
  }

  moment(px: number): number {
    return momentAt(this.view, this.width > 0 ? px / this.width : 0, this.duration_us);
  }

  get us_per_px(): number {
    return this.view.span_us / Math.max(1, this.width);
  }

  get zoomedIn(): boolean {
    return this.view.span_us < this.duration_us;
  }

  zoomAt(us: number, factor: number): void {
    this.view = zoom(this.view, this.duration_us, us, factor);
  }

  panBy(px: number): void {
    this.view = pan(this.view, this.duration_us, px * this.us_per_px);
  }

  follow(us: number): void {
    this.view = follow(this.view, this.duration_us, us);
  }

  frame(stretch: Stretch): void {
    this.view = frame(this.duration_us, stretch.in_us, stretch.out_us);
  }

  whole(): void {
    this.view = wholeView(this.duration_us);
  }

  /** Draws a moment to a target in reach, unless snapping is off or suspended. */
  snap(us: number, targets: readonly number[], suspended: boolean): number {
    const drawn = this.snapping && !suspended ? snap(us, targets, SNAP_PX * this.us_per_px) : us;
    this.snappedTo = drawn !== us || targets.includes(us) ? drawn : null;
    return drawn;
  }

  /** The ends of a segment as they are shown: while it is dragged, where it would come to. */
  shown(segment: Segment): Stretch {
    return this.drag?.id === segment.id ? this.drag.now : { in_us: segment.in_us, out_us: segment.out_us };
  }

  take(segment: Segment, grip: Grip, px: number): void {
    const at = this.moment(px);
    const anchor = grip === 'out' ? segment.out_us : segment.in_us;
    this.drag = {
      id: segment.id,
      grip,
      offset_us: at - anchor,
      now: { in_us: segment.in_us, out_us: segment.out_us },
    };
  }

  /** Moves what is held to the pointer. Either end of a whole segment snaps, whichever is nearer. */
  dragTo(segment: Segment, px: number, targets: readonly number[], suspended: boolean): void {
    const drag = this.drag;
    if (!drag) return;
    const to = this.view.from_us + px * this.us_per_px - drag.offset_us;
    if (drag.grip !== 'whole') {
      const now = moveEdge(segment, drag.grip, this.snap(to, targets, suspended), this.duration_us);
      this.drag = { ...drag, now };
      return;
    }
    const length = segment.out_us - segment.in_us;
    const byIn = this.snap(to, targets, suspended);
    const byOut = this.snap(to + length, targets, suspended) - length;
    const nearer =
      byIn !== to && (byOut === to || Math.abs(byIn - to) <= Math.abs(byOut - to)) ? byIn : byOut;
    this.snappedTo = nearer === to ? null : nearer === byIn ? byIn : byOut + length;
    this.drag = { ...drag, now: moveWhole(segment, nearer, this.duration_us) };
  }

  /** Lets go; answers where the segment came to, where that is somewhere else. */
  release(segment: Segment): Stretch | null {
    const now = this.drag?.now;
    this.drag = null;
    this.snappedTo = null;
    if (!now || (now.in_us === segment.in_us && now.out_us === segment.out_us)) return null;
    return now;
  }
}
