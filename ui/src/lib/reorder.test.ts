import { describe, expect, it } from 'vitest';
import { moveItem, reorderWithin } from './reorder';

describe('reordering', () => {
  it('moves an item forwards and backwards', () => {
    expect(moveItem(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd']);
    expect(moveItem(['a', 'b', 'c', 'd'], 3, 1)).toEqual(['a', 'd', 'b', 'c']);
  });

  it('holds a target inside the list', () => {
    expect(moveItem(['a', 'b'], 0, 9)).toEqual(['b', 'a']);
    expect(moveItem(['a', 'b'], 1, -3)).toEqual(['b', 'a']);
  });

  it('leaves what is not shown in its place', () => {
    expect(reorderWithin(['a', 'x', 'b', 'y', 'c'], ['c', 'a', 'b'])).toEqual(['c', 'x', 'a', 'y', 'b']);
  });

  it('loses and doubles nothing', () => {
    const whole = ['a', 'b', 'c', 'd', 'e'];
    expect(reorderWithin(whole, ['e', 'b']).toSorted()).toEqual(whole);
  });
});
