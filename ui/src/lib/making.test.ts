import { describe, expect, it } from 'vitest';
import type { Source } from '../platform/bindings';
import { analysisSeconds, mostClips, picturesSeconds } from './making';

const footage = (seconds: number, width = 1920, height = 1080) =>
  ({ facts: { duration_us: seconds * 1e6, video: { width, height, frame_rate_milli: 25_000 } } }) as Source;

describe('what making clips takes', () => {
  it('grows with length and picture size of the footage', () => {
    const hd = analysisSeconds([footage(60)], 4);
    expect(analysisSeconds([footage(60), footage(60)], 4)).toBeCloseTo(2 * hd);
    expect(analysisSeconds([footage(60, 3840, 2160)], 4)).toBeCloseTo(4 * hd);
  });

  it('shrinks with cores, up to what decoders use', () => {
    expect(analysisSeconds([footage(60)], 4)).toBeCloseTo(analysisSeconds([footage(60)], 2) / 2);
    expect(analysisSeconds([footage(60)], 64)).toBe(analysisSeconds([footage(60)], 8));
  });

  it('counts the pictures of every clip', () => {
    expect(picturesSeconds(10)).toBeCloseTo(10 * picturesSeconds(1));
  });
});

describe('how many clips fit', () => {
  it('follows from the footage', () => {
    expect(mostClips(60e6, 20e6)).toBe(4);
  });

  it('is one where the footage is shorter than a clip, and none without footage', () => {
    expect(mostClips(5e6, 20e6)).toBe(1);
    expect(mostClips(0, 20e6)).toBe(0);
  });
});
