import { fireEvent } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { openMachine } from '../test/library';
import { preferences } from './settings.svelte';
import { takeZoom } from './zoom';

const press = (key: string, target: Element = document.body) => {
  const event = new KeyboardEvent('keydown', { key, ctrlKey: true, cancelable: true, bubbles: true });
  target.addEventListener('keydown', (heard) => takeZoom(heard as KeyboardEvent), { once: true });
  void fireEvent(target, event);
  return event.defaultPrevented;
};

it('draws the page larger and smaller in steps, keeps that, and goes back', async () => {
  const machine = await openMachine();
  const size = async (percent: number) => {
    await expect.poll(() => preferences.value.zoom_percent).toBe(percent);
    expect(machine.zoom).toBe(percent / 100);
    expect((await machine.commands.getSettings()).zoom_percent).toBe(percent);
  };
  expect(press('+')).toBe(true);
  await size(110);
  // Also in a field, where other keys belong to the field.
  press('=', document.body.appendChild(document.createElement('input')));
  await size(125);
  press('-');
  await size(110);
  press('0');
  await size(100);
  expect(press('8')).toBe(false);
});
