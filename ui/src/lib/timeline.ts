/** The viewport of a timeline: zooming, panning, snapping and ruler marks. */
import { SECOND_US } from './time';

/** The visible part of the video. */
export interface View {
  readonly from_us: number;
  readonly span_us: number;
}

/** Maximum zoom: a few frames across the viewport. */
const SHORTEST_SPAN_US = 500_000;

export const wholeView = (duration_us: number): View => ({ from_us: 0, span_us: Math.max(1, duration_us) });

function held(from_us: number, span_us: number, duration_us: number): View {
  const span = Math.min(Math.max(span_us, Math.min(SHORTEST_SPAN_US, duration_us)), Math.max(1, duration_us));
  return { from_us: Math.min(Math.max(0, from_us), Math.max(0, duration_us - span)), span_us: span };
}

/** Zooms by a factor (below 1 is closer); the moment `at_us` keeps its position. */
export function zoom(view: View, duration_us: number, at_us: number, factor: number): View {
  const { span_us } = held(0, view.span_us * factor, duration_us);
  const share = (at_us - view.from_us) / view.span_us;
  return held(at_us - share * span_us, span_us, duration_us);
}

export function pan(view: View, duration_us: number, by_us: number): View {
  return held(view.from_us + by_us, view.span_us, duration_us);
}

/** The view that shows a moment: unchanged if it is visible, otherwise a page that starts with it. */
export function follow(view: View, duration_us: number, us: number): View {
  if (us >= view.from_us && us <= view.from_us + view.span_us) return view;
  return held(us - view.span_us * 0.1, view.span_us, duration_us);
}

/** The view that shows a stretch with some padding. */
export function frame(duration_us: number, in_us: number, out_us: number): View {
  const span = (out_us - in_us) * 1.5;
  return held((in_us + out_us) / 2 - Math.max(span, SHORTEST_SPAN_US) / 2, span, duration_us);
}

/**
 * The view that shows a stretch: unchanged if it is visible, otherwise moved,
 * and only zoomed out if necessary.
 */
export function reveal(view: View, duration_us: number, in_us: number, out_us: number): View {
  if (in_us >= view.from_us && out_us <= view.from_us + view.span_us) return view;
  if (out_us - in_us > view.span_us * 0.8) return frame(duration_us, in_us, out_us);
  return held((in_us + out_us - view.span_us) / 2, view.span_us, duration_us);
}

/** Position of a moment in the viewport: 0 is its left edge, 1 its right. */
export const shareOf = (view: View, us: number): number => (us - view.from_us) / view.span_us;

/** The moment at a position in the viewport, clamped to the video. */
export function momentAt(view: View, share: number, duration_us: number): number {
  return Math.round(Math.min(Math.max(0, view.from_us + share * view.span_us), duration_us));
}

/** The nearest target if one is near enough, otherwise the moment itself. */
export function snap(us: number, targets: readonly number[], within_us: number): number {
  let best = us;
  let distance = within_us;
  for (const target of targets) {
    const away = Math.abs(target - us);
    if (away <= distance) {
      best = target;
      distance = away;
    }
  }
  return best;
}

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** Ruler marks at least `apart_px` apart. */
export function rulerMarks(
  view: View,
  width_px: number,
  apart_px = 88,
): { step_us: number; marks: number[] } {
  const least = (view.span_us / Math.max(1, width_px)) * apart_px;
  const last = STEPS_S.at(-1) as number;
  const step_us = Math.round((STEPS_S.find((step) => step * SECOND_US >= least) ?? last) * SECOND_US);
  const marks: number[] = [];
  const end = view.from_us + view.span_us;
  for (let at = Math.ceil(view.from_us / step_us) * step_us; at <= end; at += step_us) marks.push(at);
  return { step_us, marks };
}

/** Assigns overlapping stretches to separate lanes: the lane of each, in the given order. */
export function lanes(stretches: readonly { in_us: number; out_us: number }[]): number[] {
  const order = stretches.map((_, index) => index);
  order.sort((a, b) => (stretches[a]?.in_us ?? 0) - (stretches[b]?.in_us ?? 0));
  const free: number[] = [];
  const lane: number[] = new Array(stretches.length).fill(0);
  for (const index of order) {
    const stretch = stretches[index];
    if (!stretch) continue;
    const found = free.findIndex((until) => until <= stretch.in_us);
    const at = found < 0 ? free.length : found;
    free[at] = stretch.out_us;
    lane[index] = at;
  }
  return lane;
}

/** Shortest segment the library accepts. */
export const SHORTEST_SEGMENT_US = 100_000;

/** Moves one end of a stretch, clamped to the video and away from its other end. */
export function moveEdge(
  stretch: { in_us: number; out_us: number },
  edge: 'in' | 'out',
  to_us: number,
  duration_us: number,
): { in_us: number; out_us: number } {
  const us = Math.round(to_us);
  if (edge === 'in') {
    return { in_us: Math.min(Math.max(0, us), stretch.out_us - SHORTEST_SEGMENT_US), out_us: stretch.out_us };
  }
  return {
    in_us: stretch.in_us,
    out_us: Math.max(Math.min(duration_us, us), stretch.in_us + SHORTEST_SEGMENT_US),
  };
}

/** Moves a whole stretch, clamped to the video. */
export function moveWhole(
  stretch: { in_us: number; out_us: number },
  to_us: number,
  duration_us: number,
): { in_us: number; out_us: number } {
  const length = stretch.out_us - stretch.in_us;
  const in_us = Math.round(Math.min(Math.max(0, to_us), duration_us - length));
  return { in_us, out_us: in_us + length };
}
