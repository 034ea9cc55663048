import { describe, expect, it } from 'vitest';
import { belongsToField, keyCaps, type KeyPress, spell } from './keymap';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('the spelling of a key press', () => {
  it('is one for Ctrl and ⌘', () => {
    expect(spell(press('k', { ctrlKey: true }))).toBe('ctrl+k');
    expect(spell(press('k', { metaKey: true }))).toBe('ctrl+k');
  });

  it('tells shift with letters, not with signs that need it on some layouts', () => {
    expect(spell(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('ctrl+shift+z');
    expect(spell(press('?', { shiftKey: true }))).toBe('?');
    expect(spell(press('ArrowLeft', { shiftKey: true }))).toBe('shift+left');
  });

  it('goes by the place of a digit where ⌥ types another sign', () => {
    expect(spell(press('¡', { altKey: true, code: 'Digit1' }))).toBe('alt+1');
  });
});

describe('key caps', () => {
  it('are drawn as the system names them', () => {
    expect(keyCaps('ctrl+shift+z')).toEqual(['Ctrl', '⇧', 'Z']);
    expect(keyCaps('ctrl+k', true)).toEqual(['⌘', 'K']);
    expect(keyCaps('+')).toEqual(['+']);
    expect(keyCaps('ctrl++')).toEqual(['Ctrl', '+']);
  });
});

describe('a press', () => {
  it('belongs to the field that is typed in, but for what works everywhere', () => {
    const field = document.createElement('input');
    expect(belongsToField(field, 'p')).toBe(true);
    expect(belongsToField(field, 'ctrl+k')).toBe(false);
    expect(belongsToField(field, 'esc')).toBe(true);
  });

  it('of space belongs to a focused button', () => {
    const button = document.createElement('button');
    expect(belongsToField(button, 'space')).toBe(true);
    expect(belongsToField(button, 'p')).toBe(false);
  });
});
