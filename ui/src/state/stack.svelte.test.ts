import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { Stack } from './stack.svelte';

describe('what components put up', () => {
  it('is taken down by the one that put it up, in any order', () => {
    const stack = new Stack<string>();
    const takeDown = stack.push('a');
    stack.push('b');
    takeDown();
    expect(stack.items).toEqual(['b']);
  });

  it('stays up when another is changed in the same turn', () => {
    const stack = new Stack<string>();
    let title = $state('');
    let shown = $state(false);
    const stop = $effect.root(() => {
      $effect(() => stack.push(title));
      $effect(() => (shown ? stack.push('part') : undefined));
    });
    flushSync();
    title = 'screen';
    shown = true;
    flushSync();
    expect(stack.items).toEqual(['screen', 'part']);
    stop();
    expect(stack.items).toEqual([]);
  });

  it('is followed by whoever reads it', () => {
    const stack = new Stack<string>();
    let seen: readonly string[] = [];
    const stop = $effect.root(() => {
      $effect(() => {
        seen = stack.items;
      });
    });
    flushSync();
    stack.push('a');
    flushSync();
    expect(seen).toEqual(['a']);
    stop();
  });
});
