import { afterEach, expect, test } from 'vitest';
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
