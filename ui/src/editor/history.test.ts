import { describe, expect, it } from 'vitest';
import { History } from './history';

describe('a history', () => {
  it('goes back and forth as far as it has been', () => {
    const history = new History(0);
    for (let step = 1; step <= 500; step += 1) history.push(step);
    for (let step = 499; step >= 0; step -= 1) expect(history.undo()).toBe(step);
    expect(history.undo()).toBeUndefined();
    expect(history.redo()).toBe(1);
  });

  it('takes a run of changes of one kind back at once', () => {
    const history = new History('');
    for (const text of ['h', 'he', 'hey']) history.push(text, 'typing');
    history.seal();
    history.push('hey!', 'typing');
    expect(history.undo()).toBe('hey');
    expect(history.undo()).toBe('');
  });

  it('forgets what was undone once something else is done', () => {
    const history = new History('a');
    history.push('b');
    history.undo();
    history.push('c');
    expect(history.canRedo).toBe(false);
    expect(history.undo()).toBe('a');
  });
});
