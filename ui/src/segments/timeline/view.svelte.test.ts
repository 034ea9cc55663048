import { beforeEach, describe, expect, it } from 'vitest';
import type { Segment } from '../../platform';
import { filmPlaces } from './film';
import { TimelineView } from './view.svelte';
import { stretchAt, visible } from './visible';

const HOURS = 7_200_000_000;
let timeline: TimelineView;

beforeEach(() => {
  timeline = new TimelineView();
  timeline.width = 1_200;
  timeline.load(HOURS);
});

describe('the timeline', () => {
  it('keeps the moment under the pointer in its place, however far the wheel turns', () => {
    const at = timeline.moment(431);
    for (let turn = 0; turn < 60; turn += 1) timeline.zoomAt(at, 0.85);
    expect(timeline.view.span_us).toBeLessThan(1_000_000);
    expect(timeline.left(at)).toBeCloseTo(431, 0);
    for (let turn = 0; turn < 80; turn += 1) timeline.zoomAt(at, 1.2);
    expect(timeline.view).toEqual({ from_us: 0, span_us: HOURS });
  });

  it('turns the page when the film runs out of the window', () => {
    timeline.frame({ in_us: 0, out_us: 60_000_000 });
    const { span_us } = timeline.view;
    timeline.follow(1_000_000, true);
    timeline.follow(span_us + 40_000, true);
    expect(timeline.view.from_us).toBeGreaterThan(0);
  });

  it('leaves an editor alone who looks elsewhere while the film runs, until it is stopped or started', () => {
    timeline.frame({ in_us: 0, out_us: 60_000_000 });
    timeline.follow(1_000_000, true);
    timeline.panTo(3_000_000_000);
    const elsewhere = timeline.view;
    timeline.follow(1_040_000, true);
    expect(timeline.view).toBe(elsewhere);
    timeline.follow(1_080_000, false);
    expect(timeline.view.from_us).toBe(0);
  });

  it('draws to a target within some pixels, and to none with Alt or when it is off', () => {
    const target = timeline.moment(400);
    const near = timeline.moment(404);
    expect(timeline.snap(near, [[target]], false)).toBe(target);
    expect(timeline.snappedTo).toBe(target);
    expect(timeline.snap(near, [[target]], true)).toBe(near);
    expect(timeline.snappedTo).toBeNull();
    timeline.snapping = false;
    expect(timeline.snap(near, [[target]], false)).toBe(near);
  });

  it('draws either end of a segment that is moved as a whole', () => {
    const segment = { id: 's', in_us: 600_000_000, out_us: 1_200_000_000 } as Segment;
    timeline.take(segment, 'whole', timeline.left(600_000_000));
    timeline.dragTo(segment, timeline.left(610_000_000), [[1_215_000_000]], false);
    expect(timeline.release(segment)).toEqual({ in_us: 615_000_000, out_us: 1_215_000_000 });
  });
});

describe('what the window shows', () => {
  const stretches = Array.from({ length: 1_000 }, (_, at) => ({ start_us: at * 10, end_us: at * 10 + 5 }));

  it('is picked out of many', () => {
    const seen = visible(stretches, { from_us: 103, span_us: 20 });
    expect(seen.map((each) => each.start_us)).toEqual([100, 110, 120]);
    expect(visible([], { from_us: 0, span_us: 20 })).toEqual([]);
    expect(visible(stretches, { from_us: 50_000, span_us: 20 })).toEqual([]);
  });

  it('is told at a moment, half open', () => {
    expect(stretchAt(stretches, 104)?.start_us).toBe(100);
    expect(stretchAt(stretches, 105)).toBeUndefined();
    expect(stretchAt(stretches, 99_999)).toBeUndefined();
  });
});

describe('the filmstrip', () => {
  const sheet = { tiles: 480, step_us: HOURS / 480 };

  it('gives each picture more than half of its width and never more than all of it', () => {
    for (let turn = 0; turn < 40; turn += 1) {
      timeline.zoomAt(HOURS / 3, 0.8);
      const [first, second] = filmPlaces(timeline.view, 1_200, HOURS, 100, sheet);
      const width = timeline.left(second?.start_us ?? 0) - timeline.left(first?.start_us ?? 0);
      expect(width).toBeGreaterThan(50);
      expect(width).toBeLessThanOrEqual(100.001);
    }
  });

  it('covers the window without gaps, with pictures of their own moment', () => {
    timeline.zoomAt(HOURS / 3, 0.1);
    const places = filmPlaces(timeline.view, 1_200, HOURS, 100, sheet);
    const { from_us, span_us } = timeline.view;
    expect(places[0]?.start_us).toBeLessThanOrEqual(from_us);
    expect(places.at(-1)?.end_us).toBeGreaterThanOrEqual(from_us + span_us);
    places.forEach((place, at) => {
      if (at > 0) expect(place.start_us).toBe(places[at - 1]?.end_us);
      const middle = (place.tile + 0.5) * sheet.step_us;
      expect(Math.abs(middle - (place.start_us + place.end_us) / 2)).toBeLessThanOrEqual(sheet.step_us);
    });
  });

  it('keeps its pictures where they are while the window moves', () => {
    timeline.zoomAt(HOURS / 3, 0.1);
    const before = filmPlaces(timeline.view, 1_200, HOURS, 100, sheet);
    timeline.panBy(333);
    const after = filmPlaces(timeline.view, 1_200, HOURS, 100, sheet);
    expect(before).toContainEqual(after[0]);
  });

  it('ends with the film', () => {
    const places = filmPlaces({ from_us: 0, span_us: 10 }, 1_000, 10, 300, { tiles: 3, step_us: 4 });
    expect(places.at(-1)).toEqual({ start_us: 8, end_us: 10, tile: 2 });
  });
});
