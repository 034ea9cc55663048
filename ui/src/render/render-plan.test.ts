import { describe, expect, it } from 'vitest';
import type { RenderEstimate, RenderWarning } from '../platform';
import { bulkCalls, canBeMade, concerns, pairKey, totals } from './render-plan';

const file = (clip: string, preset: string, warnings: RenderWarning[] = []): RenderEstimate => ({
  clip_id: clip,
  preset,
  duration_us: 10_000_000,
  bytes: 1_000,
  seconds: 5,
  file_name: `${clip} - ${preset}.mp4`,
  warnings,
  missing: [],
  up_to_date: null,
});

describe('a render plan', () => {
  it('adds up the files that are made, not those that were left out', () => {
    const files = [file('a', 'tiktok'), file('a', 'x'), file('b', 'tiktok')];
    expect(totals(files, new Set([pairKey({ clip_id: 'a', preset: 'x' })]))).toEqual({
      files: 2,
      bytes: 2_000,
      seconds: 10,
    });
  });

  it('counts only what can be made', () => {
    expect([file('a', 'x'), file('b', 'x', ['source_missing'])].map(canBeMade)).toEqual([true, false]);
  });

  it('says a limit once for each preset and a fault of the footage once for all presets', () => {
    const files = [
      file('a', 'story', ['too_long', 'upscaled']),
      file('b', 'story', ['too_long']),
      file('a', 'x', ['too_long', 'upscaled']),
    ];
    const found = concerns(files, new Set());
    expect(found.map(({ warning, preset, clips }) => [warning, preset, clips])).toEqual([
      ['too_long', 'story', ['a', 'b']],
      ['too_long', 'x', ['a']],
      ['upscaled', null, ['a']],
    ]);
  });

  it('puts what makes a final impossible first', () => {
    const found = concerns([file('a', 'x', ['upscaled']), file('b', 'x', ['source_missing'])], new Set());
    expect(found[0]?.warning).toBe('source_missing');
  });

  it('is silent about files that were left out', () => {
    const files = [file('a', 'story', ['too_long'])];
    expect(concerns(files, new Set([pairKey({ clip_id: 'a', preset: 'story' })]))).toEqual([]);
  });

  it('is one call where nothing is left out, and never asks for what is', () => {
    expect(bulkCalls(['a', 'b'], ['x', 'y'], new Set())).toEqual([{ ids: ['a', 'b'], presets: ['x', 'y'] }]);
    const calls = bulkCalls(['a', 'b', 'c'], ['x', 'y'], new Set(['b x', 'c x', 'c y']));
    expect(calls).toEqual([
      { ids: ['a'], presets: ['x', 'y'] },
      { ids: ['b'], presets: ['y'] },
    ]);
  });
});
