import { describe, expect, it, vi } from 'vitest';
import { levelFor, type LoadWave, Waves } from './waves';

const HOURS = 7_200_000_000;
const quiet = () => undefined;
const told = (value: number): LoadWave =>
  vi.fn(async (_from, _to, columns) =>
    Array.from({ length: columns * 2 }, (_, at) => (at % 2 ? value : -value)),
  );
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the outline of the sound', () => {
  it('has columns of at most a pixel, and none finer than the sound is kept', () => {
    for (const us_per_px of [10_000, 25_000, 6_000_000]) {
      const column = 10_000 * 2 ** levelFor(us_per_px);
      expect(column).toBeLessThanOrEqual(us_per_px);
      expect(column).toBeGreaterThan(us_per_px / 2);
    }
    expect(levelFor(400)).toBe(0);
  });

  it('asks for each piece once, and for no more than some windows of a long film', async () => {
    const load = told(40);
    const waves = new Waves(HOURS, load, quiet);
    const view = { from_us: 3_000_000_000, span_us: 60_000_000 };
    waves.want(view, 50_000);
    await settled();
    const asked = vi.mocked(load).mock.calls.length;
    expect(asked).toBeLessThanOrEqual(5);
    waves.want(view, 50_000);
    waves.want({ ...view, from_us: view.from_us + 1_000_000 }, 50_000);
    expect(load).toHaveBeenCalledTimes(asked);
  });

  it('asks for whole columns inside the film only', async () => {
    const load = told(40);
    new Waves(65_003_000, load, quiet).want({ from_us: 0, span_us: 65_003_000 }, 54_000);
    await settled();
    for (const [from, to, columns] of vi.mocked(load).mock.calls) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(65_003_000);
      expect(columns).toBeLessThanOrEqual(4_000);
    }
  });

  it('draws a finer level from a coarser one until it has come', async () => {
    const waves = new Waves(HOURS, told(40), quiet);
    waves.want({ from_us: 0, span_us: HOURS }, HOURS / 1_200);
    await settled();
    const close = { from_us: 3_000_000_000, span_us: 60_000_000 };
    const before = waves.waves(close, 50_000);
    expect(before.length).toBeGreaterThan(0);
    expect(Math.min(...before.map((each) => each.column_us))).toBeGreaterThan(50_000);
    waves.want(close, 50_000);
    await settled();
    expect(Math.max(...waves.waves(close, 50_000).map((each) => each.column_us))).toBeLessThanOrEqual(50_000);
  });

  it('covers the window without gaps', async () => {
    const waves = new Waves(HOURS, told(40), quiet);
    const view = { from_us: 1_234_567_890, span_us: 90_000_000 };
    waves.want(view, 75_000);
    await settled();
    const found = waves.waves(view, 75_000);
    expect(found[0]?.start_us).toBeLessThanOrEqual(view.from_us);
    expect(found.at(-1)?.end_us).toBeGreaterThanOrEqual(view.from_us + view.span_us);
    found.forEach((each, at) => at > 0 && expect(each.start_us).toBe(found[at - 1]?.end_us));
  });

  it('keeps what it has until more is known, then asks again', async () => {
    const load = told(40);
    const waves = new Waves(60_000_000, load, quiet);
    const view = { from_us: 0, span_us: 60_000_000 };
    waves.want(view, 50_000);
    await settled();
    const asked = vi.mocked(load).mock.calls.length;
    waves.refresh();
    expect(waves.waves(view, 50_000).length).toBeGreaterThan(0);
    waves.want(view, 50_000);
    await settled();
    expect(load).toHaveBeenCalledTimes(asked * 2);
  });

  it('draws nothing where nothing can be had', async () => {
    const waves = new Waves(60_000_000, async () => Promise.reject(new Error('gone')), quiet);
    const view = { from_us: 0, span_us: 60_000_000 };
    waves.want(view, 50_000);
    await settled();
    expect(waves.waves(view, 50_000)).toEqual([]);
  });
});
