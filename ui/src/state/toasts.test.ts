import { afterEach, expect, test } from 'vitest';
import { UndoStack } from '../lib/undo';
import { toasts } from './toasts.svelte';

afterEach(() => toasts.clear());

test('a toast that only leads somewhere goes once the editor is there', () => {
  toasts.show('9 finals are being rendered.', { action: { label: 'Show queue', to: { at: 'queue' } } });
  toasts.show('The clip is in the trash.', { action: { label: 'Undo', run: () => undefined } });
  toasts.arrived({ at: 'projects' });
  expect(toasts.list).toHaveLength(2);
  toasts.arrived({ at: 'queue' });
  expect(toasts.list.map((toast) => toast.text)).toEqual(['The clip is in the trash.']);
});

test('the offer to take something back goes once it was taken back, by the key or by the offer', async () => {
  const steps = new UndoStack();
  let undone = 0;
  toasts.offerUndo(
    'The segment was removed.',
    steps.push(() => void (undone += 1)),
  );
  await steps.undo();
  expect([toasts.list, undone]).toEqual([[], 1]);
  toasts.offerUndo(
    'Two clips are in the trash.',
    steps.push(() => void (undone += 1)),
  );
  toasts.act(toasts.list[0]?.id ?? 0);
  expect([toasts.list, undone, steps.empty]).toEqual([[], 2, true]);
});
