import { describe, expect, it } from 'vitest';
import type { SourceAnalysis } from '../../platform';
import { firstFrom, footageTargets, inOrder, nearestOf, stepAmong } from './snap';

describe('snapping on the timeline', () => {
  it('takes the nearest target of all lists, and none out of reach', () => {
    expect(nearestOf([[0, 100], [96]], 98, 5)).toBe(100);
    expect(nearestOf([[0, 100], [97]], 98, 5)).toBe(97);
    expect(nearestOf([[0, 100], [97]], 50, 5)).toBeNull();
    expect(nearestOf([[], []], 50, 500)).toBeNull();
  });

  it('prefers the list named first where two are as near', () => {
    expect(nearestOf([[100], [96]], 98, 5)).toBe(100);
    expect(nearestOf([[96], [100]], 98, 5)).toBe(96);
  });

  it('finds what a search from end to end would find', () => {
    const sorted = inOrder(Array.from({ length: 5_000 }, (_, at) => (at * 7_919) % 100_003));
    for (let us = 0; us < 100_000; us += 3_331) {
      const plain = sorted.reduce((best, each) => (Math.abs(each - us) < Math.abs(best - us) ? each : best));
      expect(Math.abs((nearestOf([sorted], us, Infinity) ?? 0) - us)).toBe(Math.abs(plain - us));
      expect(sorted[firstFrom(sorted, us)]).toBe(sorted.find((each) => each >= us));
    }
  });

  it('offers shots, both ends of a dissolve, pauses of speech and moments that were found', () => {
    const analysis = {
      shots: [
        { start_us: 0, end_us: 50, in: { kind: 'start', length_us: 0 } },
        { start_us: 50, end_us: 90, in: { kind: 'dissolve', length_us: 10 } },
      ],
      speech: [{ start_us: 20, end_us: 30 }],
      candidates: [{ start_us: 30, end_us: 70 }],
    } as unknown as SourceAnalysis;
    expect(footageTargets(analysis)).toEqual([0, 20, 30, 50, 60, 70]);
  });
});

describe('going from one moment to the next', () => {
  const moments = [0, 1_000_000, 2_000_000];

  it('leaves the moment where it is, though the film stands a little beside it', () => {
    expect(stepAmong(moments, 1_000_000, 1, 40_000)).toBe(2_000_000);
    expect(stepAmong(moments, 999_999, 1, 40_000)).toBe(2_000_000);
    expect(stepAmong(moments, 1_000_001, -1, 40_000)).toBe(0);
  });

  it('goes to the beginning of a shot from within it, and nowhere beyond the last', () => {
    expect(stepAmong(moments, 1_400_000, -1, 40_000)).toBe(1_000_000);
    expect(stepAmong(moments, 2_000_000, 1, 40_000)).toBeUndefined();
    expect(stepAmong(moments, 0, -1, 40_000)).toBeUndefined();
  });
});
