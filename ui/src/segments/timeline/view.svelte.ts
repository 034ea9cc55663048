/** The viewport of the timeline, and what is being dragged on it. */
import {
  follow,
  frame,
  momentAt,
  moveEdge,
  moveWhole,
  pan,
  reveal,
  shareOf,
  type View,
  wholeView,
  zoom,
} from '../../lib/timeline';
import type { Segment } from '../../platform';
import { nearestOf, type Targets } from './snap';

/** Distance at which a moment snaps to a target. */
const SNAP_PX = 7;

export interface Ends {
  in_us: number;
  out_us: number;
}

export type Grip = 'in' | 'out' | 'whole';

interface Drag {
  id: string;
  grip: Grip;
  /** Where on the segment it was grabbed. */
  offset_us: number;
  now: Ends;
}

export class TimelineView {
  view = $state.raw<View>({ from_us: 0, span_us: 1 });
  width = $state(0);
  duration_us = $state(0);
  snapping = $state(true);
  drag = $state.raw<Drag | null>(null);
  /** The last snap target, displayed as a line. */
  snappedTo = $state<number | null>(null);
  /** The playhead when it was last followed, and whether it was playing. */
  #head_us = 0;
  #ran = false;

  load(duration_us: number): void {
    this.duration_us = duration_us;
    this.view = wholeView(duration_us);
    this.drag = null;
    this.#head_us = 0;
    this.#ran = false;
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

  /** Moves the start of the viewport to a moment. */
  panTo(from_us: number): void {
    this.view = pan(this.view, this.duration_us, from_us - this.view.from_us);
  }

  #sees(us: number): boolean {
    return us >= this.view.from_us && us <= this.view.from_us + this.view.span_us;
  }

  /**
   * Pages on when the playhead leaves the viewport. During playback, an editor
   * who scrolled away is not pulled back.
   */
  follow(us: number, running = false): void {
    const elsewhere = running && this.#ran && !this.#sees(this.#head_us);
    this.#head_us = us;
    this.#ran = running;
    if (!elsewhere) this.view = follow(this.view, this.duration_us, us);
  }

  /** Shows a stretch with as little movement as possible. */
  reveal({ in_us, out_us }: Ends): void {
    this.view = reveal(this.view, this.duration_us, in_us, out_us);
  }

  frame(ends: Ends): void {
    this.view = frame(this.duration_us, ends.in_us, ends.out_us);
  }

  whole(): void {
    this.view = wholeView(this.duration_us);
  }

  /** Snaps a moment to a target in reach, unless snapping is off or suspended. */
  snap(us: number, targets: Targets, suspended: boolean): number {
    const found = this.snapping && !suspended ? nearestOf(targets, us, SNAP_PX * this.us_per_px) : null;
    this.snappedTo = found;
    return found ?? us;
  }

  /** The displayed ends of a segment: while it is dragged, its new position. */
  shown(segment: Segment): Ends {
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

  /**
   * Moves the dragged item to the pointer. When moving a whole segment,
   * whichever end is nearer snaps.
   */
  dragTo(segment: Segment, px: number, targets: Targets, suspended: boolean): void {
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

  /** Ends the drag; returns the new ends if they changed. */
  release(segment: Segment): Ends | null {
    const now = this.drag?.now;
    this.drag = null;
    this.snappedTo = null;
    if (!now || (now.in_us === segment.in_us && now.out_us === segment.out_us)) return null;
    return now;
  }
}
