import { describe, expect, it } from 'vitest';
import type { Cue } from '../platform/bindings';
import { insertCue, joinCue, moveCue, retimeCue, shiftCues, splitCue } from './captions';

const S = 1_000_000;
const cue = (start: number, end: number, text = ''): Cue => ({ start_us: start * S, end_us: end * S, text });
const two = [cue(1, 3, 'one two three four'), cue(4, 6, 'five six')];

describe('a list of captions', () => {
  it('takes a new one as long as the gap allows', () => {
    expect(insertCue(two, 3.5 * S, 10 * S)).toEqual({ index: 1, cues: [two[0], cue(3.5, 4), two[1]] });
    expect(insertCue(two, 7 * S, 10 * S)?.cues.at(-1)).toEqual(cue(7, 9));
  });

  it('takes none where there already is one, or no room to read it', () => {
    expect(insertCue(two, 2 * S, 10 * S)).toBeNull();
    expect(insertCue(two, 3.9 * S, 10 * S)).toBeNull();
  });

  it('splits one at a moment, its words with it', () => {
    expect(splitCue(two, 0, 2 * S).slice(0, 2)).toEqual([cue(1, 2, 'one two'), cue(2, 3, 'three four')]);
  });

  it('joins one with the next', () => {
    expect(joinCue(two, 0)).toEqual([cue(1, 6, 'one two three four\nfive six')]);
  });

  it('never lets one run into its neighbour', () => {
    expect(retimeCue(two, 0, { end_us: 9 * S }, 10 * S)[0]?.end_us).toBe(4 * S);
    expect(moveCue(two, 0, 9 * S, 10 * S)[0]).toEqual(cue(2, 4, 'one two three four'));
    expect(moveCue(two, 1, 0, 10 * S)[1]).toEqual(cue(3, 5, 'five six'));
  });

  it('stays with the picture when the start of the clip is trimmed', () => {
    expect(shiftCues(two, -2 * S, 8 * S)).toEqual([cue(0, 1, 'one two three four'), cue(2, 4, 'five six')]);
    expect(shiftCues(two, -3 * S, 7 * S)).toEqual([cue(1, 3, 'five six')]);
  });
});
