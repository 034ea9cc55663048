import { describe, expect, it } from 'vitest';
import { changedFields, changedTags } from './changes';

describe('changes', () => {
  it('are the fields that differ, whatever they hold', () => {
    const before = { name: 'A', size: 1, cuts: [{ in: 0 }], none: null as number | null };
    expect(changedFields(before, { ...before, cuts: [{ in: 0 }] })).toEqual({});
    expect(changedFields(before, { ...before, size: 0, none: 0 })).toEqual({ size: 0, none: 0 });
  });

  it('of tags are those that came and those that went', () => {
    expect(changedTags(['a', 'b'], ['b', 'a'])).toEqual({});
    expect(changedTags(['a', 'b'], ['b', 'B', 'c'])).toEqual({ add_tags: ['B', 'c'], remove_tags: ['a'] });
  });
});
