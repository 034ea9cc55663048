import { describe, expect, it } from 'vitest';
import { PLAIN_STYLE } from '../memory/footage';
import { areaOf, cleared, isClear, SAFE_AREAS } from './safe-areas';

const at = (position: 'top' | 'middle' | 'bottom', margin_permille: number) => ({
  ...PLAIN_STYLE,
  position,
  margin_permille,
});

describe('what the platforms cover', () => {
  it('leaves new captions free on each of them', () => {
    for (const area of SAFE_AREAS) expect(isClear(PLAIN_STYLE, area), area.name).toBe(true);
  });

  it('counts from the edge that captions stand at', () => {
    expect(isClear(at('bottom', 180), areaOf('tiktok'))).toBe(false);
    expect(isClear(at('top', 180), areaOf('tiktok'))).toBe(true);
    expect(isClear(at('middle', 0), areaOf('tiktok'))).toBe(true);
    expect(isClear(at('bottom', 180), areaOf('youtube_1080p'))).toBe(true);
  });

  it('is kept clear of by moving captions no further than the widest asks', () => {
    expect(cleared(at('bottom', 180), ['tiktok', 'youtube_shorts']).margin_permille).toBe(360);
    expect(cleared(at('top', 100), ['instagram_story']).margin_permille).toBe(150);
    expect(cleared(at('bottom', 400), ['tiktok']).margin_permille).toBe(400);
  });
});
