import { describe, expect, it } from 'vitest';
import type { Framing } from '../platform/bindings';
import { covering, cropPosition, dragCentre } from './framing';

const wide = { width: 1920, height: 1080 };
const portrait = { width: 1080, height: 1920 };
const framing = (centre_x_bp = 5000, centre_y_bp = 5000): Framing => ({
  mode: 'fill',
  centre_x_bp,
  centre_y_bp,
});

describe('a picture in a frame of another shape', () => {
  it('covers the frame on both sides', () => {
    expect(covering(wide, portrait).height).toBe(1920);
    expect(covering(wide, portrait).width).toBeCloseTo(3413.3, 1);
  });

  it('is cropped around the middle at first', () => {
    expect(cropPosition(wide, portrait, framing())).toEqual({ x: 50, y: 50 });
  });

  it('is never cropped beyond its edge', () => {
    expect(cropPosition(wide, portrait, framing(0)).x).toBe(0);
    expect(cropPosition(wide, portrait, framing(10_000)).x).toBe(100);
  });

  it('follows the pointer: dragged to the right, more of its left is seen', () => {
    const moved = dragCentre(wide, portrait, framing(), 100, 0);
    expect(moved.centre_x_bp).toBeLessThan(5000);
    expect(moved.centre_y_bp).toBe(5000);
  });

  it('stops at its edge, so that the way back begins at once', () => {
    const end = dragCentre(wide, portrait, framing(), 100_000, 0);
    expect(cropPosition(wide, portrait, end).x).toBeCloseTo(0, 1);
    const back = dragCentre(wide, portrait, end, -100, 0);
    expect(cropPosition(wide, portrait, back).x).toBeGreaterThan(1);
  });
});
