import { describe, expect, it } from 'vitest';
import { UndoStack } from './undo';

describe('the undo stack', () => {
  it('takes steps back newest first', async () => {
    const done: string[] = [];
    const stack = new UndoStack();
    stack.push(() => void done.push('first'));
    stack.push(() => void done.push('second'));
    await stack.undo();
    await stack.undo();
    expect(done).toEqual(['second', 'first']);
    expect(await stack.undo()).toBe(false);
  });

  it('takes a step back once, whether by its toast or by the key', async () => {
    let times = 0;
    const stack = new UndoStack();
    const step = stack.push(() => void (times += 1));
    await step.take();
    await step.take();
    expect([times, stack.empty]).toEqual([1, true]);
    await stack.undo();
    expect(times).toBe(1);
  });
});
