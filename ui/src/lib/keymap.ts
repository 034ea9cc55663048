/** Keyboard shortcuts: naming, matching and displaying them. */

export interface KeyPress {
  key: string;
  /** The physical key, for presses whose character does not identify it. */
  code?: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const NAMES: Record<string, string> = {
  ' ': 'space',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Escape: 'esc',
  Delete: 'del',
};

/**
 * The canonical spelling of a key press: `ctrl+shift+z`, `space`, `p`. Ctrl and
 * ⌘ are the same here. Shift only counts with letters and named keys: `?` is
 * `?` on every layout, however it is typed.
 */
export function spell(press: KeyPress): string {
  // With ⌥ a Mac types ¡ for 1.
  const digit = press.altKey ? /^Digit(\d)$/.exec(press.code ?? '')?.[1] : undefined;
  const name = digit ?? NAMES[press.key] ?? press.key.toLowerCase();
  const sign = name.length === 1 && name.toUpperCase() === name;
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('ctrl');
  if (press.altKey) parts.push('alt');
  if (press.shiftKey && (!sign || name === ' ')) parts.push('shift');
  return [...parts, name].join('+');
}

const SHOWN: Record<string, string> = {
  space: '␣',
  left: '←',
  right: '→',
  up: '↑',
  down: '↓',
  esc: 'Esc',
  del: 'Del',
  backspace: '⌫',
  enter: '↵',
  tab: 'Tab',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  shift: '⇧',
};

/** The parts of a spelling as key caps: `['Ctrl', 'K']`. */
export function keyCaps(spelling: string, mac = false): string[] {
  // `+` is a key, too.
  return spelling.split(/\+(?=.)/).map((part) => {
    if (part === 'ctrl') return mac ? '⌘' : 'Ctrl';
    if (part === 'alt') return mac ? '⌥' : 'Alt';
    return SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part.replace(/^f(\d+)$/, 'F$1'));
  });
}

/** Whether it is a control that uses keys for input. */
export function isField(target: EventTarget | null): target is HTMLElement {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement ||
      (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'color'].includes(target.type)))
  );
}

/** Whether a key press belongs to the focused field rather than to the screen. */
export function belongsToField(target: EventTarget | null, spelling: string): boolean {
  if (isField(target)) return !/^ctrl\+(k|\d|enter)$/.test(spelling);
  if (!(target instanceof HTMLElement)) return false;
  // A focused button keeps its own activation keys.
  const pressed = target.closest('button, a[href], [role="menuitem"], [role="tab"], [role="option"]');
  return (
    pressed !== null &&
    (spelling === 'enter' || (spelling === 'space' && !target.closest('[data-keys-pass]')))
  );
}
