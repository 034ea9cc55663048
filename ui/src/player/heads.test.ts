import { describe, expect, it } from 'vitest';
import { distribute, type Holder, type Place } from './heads';

const place = (take: string, piece: number, src = 'a', at = piece * 10): Place => ({ take, piece, src, at });
const holder = (at: Place): Holder => ({ src: at.src, place: at });

describe('heads', () => {
  it('keep the place they are at', () => {
    const [one, two] = [holder(place('x', 0)), holder(place('x', 1))];
    expect(distribute([one, two], [place('x', 1), place('x', 0)])).toEqual([two, one]);
  });

  it('are sent elsewhere in the same footage, and never to another', () => {
    const [a, b] = [holder(place('x', 0)), holder(place('y', 0, 'b'))];
    expect(distribute([a, b], [place('z', 0, 'b'), place('z', 1, 'c')])).toEqual([b, null]);
  });

  it('stay with a piece whose start moved', () => {
    const [other, own] = [holder(place('x', 1)), holder(place('x', 0))];
    expect(distribute([other, own], [place('x', 0, 'a', 3)])).toEqual([own]);
  });

  it('are not taken from a place that is wanted as well', () => {
    const held = holder(place('x', 1));
    expect(distribute([held], [place('x', 0), place('x', 1)])).toEqual([null, held]);
  });
});
