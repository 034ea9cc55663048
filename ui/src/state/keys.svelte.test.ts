import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keys } from './keys.svelte';

let run: string[];
let stop: () => void;

const listener = (event: KeyboardEvent) => keys.handle(event);

function press(key: string, target: Element = document.activeElement ?? document.body): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}

function put(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.body.querySelector('[data-it]') as HTMLElement;
}

beforeEach(() => {
  run = [];
  const bindings = ['o', 'esc'].map((key) => ({ keys: [key], label: key, run: () => void run.push(key) }));
  stop = keys.push({ title: 'screen', bindings: () => bindings });
  window.addEventListener('keydown', listener);
});

afterEach(() => {
  stop();
  window.removeEventListener('keydown', listener);
  document.body.innerHTML = '';
});

describe('keys', () => {
  it('are no commands while a field is about to have the focus, and go into it', async () => {
    put('');
    let field: HTMLElement | null = null;
    const given = keys.focusSoon(() => field);
    press('o');
    await tick();
    press('o');
    field = put('<input data-it />');
    press('o');
    expect(document.activeElement).toBe(field);
    await given;
    expect(run).toEqual([]);
  });

  it('are commands again where the field did not come', async () => {
    await keys.focusSoon(() => null);
    press('o');
    expect(run).toEqual(['o']);
  });

  it('leave a field by Escape, and the screen only by the next', () => {
    const field = put('<main tabindex="-1"><input data-it /></main>');
    field.focus();
    press('Escape');
    expect([run, document.activeElement?.tagName]).toEqual([[], 'MAIN']);
    press('Escape');
    expect(run).toEqual(['esc']);
  });

  it('wait for a dialog that has not taken the focus yet, and are typed into its field', () => {
    const field = put('<div role="dialog" aria-modal="true" data-state="open"><input data-it /></div>');
    press('o', document.body);
    expect([run, document.activeElement]).toEqual([[], field]);
  });
});
