/** What of a film the timeline shows, and what is being dragged on it. */
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

/** Distance in which a moment is drawn to a target. */
const SNAP_PX = 7;

export interface Ends {
  in_us: number;
  out_us: number;
}

export type Grip = 'in' | 'out' | 'whole';

interface Drag {
  id: string;
  grip: Grip;
  /** Where on the segment it was taken hold of. */
  offset_us: number;
  now: Ends;
}

export class TimelineView {
  view = $state.raw<View>({ from_us: 0, span_us: 1 });
  width = $state(0);
  duration_us = $state(0);
  snapping = $state(true);
  drag = $state.raw<Drag | null>(null);
  /** Where something was just drawn to, to be shown as a line. */
  snappedTo = $state<number | null>(null);
  /** Where the playhead was when it was last followed, and whether it ran. */
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

  /** Puts the beginning of the window to a moment. */
  panTo(from_us: number): void {
    this.view = pan(this.view, this.duration_us, from_us - this.view.from_us);
  }

  #sees(us: number): boolean {
    return us >= this.view.from_us && us <= this.view.from_us + this.view.span_us;
  }

  /**
   * Turns the page where the playhead leaves the window. While the film runs,
   * an editor who looks elsewhere is not pulled back.
   */
  follow(us: number, running = false): void {
    const elsewhere = running && this.#ran && !this.#sees(this.#head_us);
    this.#head_us = us;
    this.#ran = running;
    if (!elsewhere) this.view = follow(this.view, this.duration_us, us);
  }

  /** Shows a stretch with as little movement as that takes. */
  reveal({ in_us, out_us }: Ends): void {
    this.view = reveal(this.view, this.duration_us, in_us, out_us);
  }

  frame(ends: Ends): void {
    this.view = frame(this.duration_us, ends.in_us, ends.out_us);
  }

  whole(): void {
    this.view = wholeView(this.duration_us);
  }

  /** Draws a moment to a target in reach, unless snapping is off or suspended. */
  snap(us: number, targets: Targets, suspended: boolean): number {
    const found = this.snapping && !suspended ? nearestOf(targets, us, SNAP_PX * this.us_per_px) : null;
    this.snappedTo = found;
    return found ?? us;
  }

  /** The ends of a segment as they are shown: while it is dragged, where it would come to. */
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

  /** Moves what is held to the pointer. Either end of a whole segment snaps, whichever is nearer. */
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

  /** Lets go; answers where the segment came to, where that is somewhere else. */
  release(segment: Segment): Ends | null {
    const now = this.drag?.now;
    this.drag = null;
    this.snappedTo = null;
    if (!now || (now.in_us === segment.in_us && now.out_us === segment.out_us)) return null;
    return now;
  }
}
