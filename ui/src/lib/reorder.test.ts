import { describe, expect, it } from 'vitest';
import { behind, moveItem, putBefore, reorderWithin } from './reorder';

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

describe('putting an item before another', () => {
  it('takes it from its place and puts it there, or behind all', () => {
    expect(putBefore(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b']);
    expect(putBefore(['a', 'b', 'c'], 'a', null)).toEqual(['b', 'c', 'a']);
  });

  it('is told again by what it stands before', () => {
    const order = putBefore(['a', 'b', 'c'], 'a', 'c');
    expect(behind(order, 'a')).toBe('c');
    expect(behind(order, 'c')).toBeNull();
  });
});
