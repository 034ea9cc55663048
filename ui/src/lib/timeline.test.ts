import { describe, expect, it } from 'vitest';
import {
  follow,
  frame,
  lanes,
  momentAt,
  moveEdge,
  moveWhole,
  pan,
  reveal,
  rulerMarks,
  shareOf,
  snap,
  wholeView,
  zoom,
} from './timeline';

const MINUTE = 60_000_000;

describe('the window onto a film', () => {
  it('keeps the moment under the pointer in its place while zooming', () => {
    const at = 20_000_000;
    const before = wholeView(MINUTE);
    const after = zoom(before, MINUTE, at, 0.5);
    expect(after.span_us).toBe(30_000_000);
    expect(shareOf(after, at)).toBeCloseTo(shareOf(before, at));
  });

  it('never zooms out over the whole film, nor in beyond a few frames', () => {
    expect(zoom(wholeView(MINUTE), MINUTE, 0, 4)).toEqual(wholeView(MINUTE));
    expect(zoom(wholeView(MINUTE), MINUTE, 0, 1e-9).span_us).toBe(500_000);
  });

  it('shows a film shorter than the closest zoom as a whole', () => {
    expect(zoom(wholeView(200_000), 200_000, 0, 0.1)).toEqual(wholeView(200_000));
  });

  it('stops panning at both ends', () => {
    const view = { from_us: 10, span_us: 1_000_000 };
    expect(pan(view, MINUTE, -5_000_000).from_us).toBe(0);
    expect(pan(view, MINUTE, 2 * MINUTE).from_us).toBe(59_000_000);
  });

  it('stands still while the playhead is inside and turns the page when it leaves', () => {
    const view = { from_us: 0, span_us: 10_000_000 };
    expect(follow(view, MINUTE, 5_000_000)).toBe(view);
    expect(follow(view, MINUTE, 10_500_000).from_us).toBe(9_500_000);
  });

  it('frames a stretch with air on both sides', () => {
    expect(frame(MINUTE, 20_000_000, 30_000_000)).toEqual({ from_us: 17_500_000, span_us: 15_000_000 });
  });

  it('moves no further than a stretch asks for', () => {
    const view = { from_us: 0, span_us: 10_000_000 };
    expect(reveal(view, MINUTE, 2_000_000, 4_000_000)).toBe(view);
    expect(reveal(view, MINUTE, 20_000_000, 24_000_000)).toEqual({
      from_us: 17_000_000,
      span_us: 10_000_000,
    });
    expect(reveal(view, MINUTE, 20_000_000, 40_000_000).span_us).toBe(30_000_000);
  });

  it('answers moments inside the film only', () => {
    expect(momentAt(wholeView(MINUTE), -0.2, MINUTE)).toBe(0);
    expect(momentAt(wholeView(MINUTE), 1.2, MINUTE)).toBe(MINUTE);
  });
});

describe('snapping', () => {
  it('takes the nearest target in reach', () => {
    expect(snap(104, [100, 103, 200], 10)).toBe(103);
  });

  it('leaves a moment alone where nothing is near', () => {
    expect(snap(150, [100, 200], 10)).toBe(150);
  });
});

describe('the ruler', () => {
  it('has round marks that do not crowd', () => {
    const { step_us, marks } = rulerMarks(wholeView(MINUTE), 880);
    expect(step_us).toBe(10_000_000);
    expect(marks).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => n * 10_000_000));
  });
});

describe('segments on a timeline', () => {
  it('share a lane unless they overlap', () => {
    const s = (in_us: number, out_us: number) => ({ in_us, out_us });
    expect(lanes([s(0, 10), s(5, 15), s(10, 20)])).toEqual([0, 1, 0]);
  });

  it('keep their ends apart and inside the film', () => {
    const stretch = { in_us: 1_000_000, out_us: 2_000_000 };
    expect(moveEdge(stretch, 'in', 5_000_000, MINUTE).in_us).toBe(1_900_000);
    expect(moveEdge(stretch, 'out', 2 * MINUTE, MINUTE).out_us).toBe(MINUTE);
    expect(moveEdge(stretch, 'out', 0, MINUTE).out_us).toBe(1_100_000);
  });

  it('keep their length when they are moved against an end', () => {
    const stretch = { in_us: 1_000_000, out_us: 3_000_000 };
    expect(moveWhole(stretch, 59_500_000, MINUTE)).toEqual({ in_us: 58_000_000, out_us: MINUTE });
    expect(moveWhole(stretch, -5, MINUTE)).toEqual({ in_us: 0, out_us: 2_000_000 });
  });
});
