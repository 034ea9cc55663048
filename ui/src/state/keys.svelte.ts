/** The active keyboard shortcuts: every part of the screen registers its own. */
import { tick } from 'svelte';
import { belongsToField, isField, spell } from '../lib/keymap';
import { Stack } from './stack.svelte';

export interface Binding {
  /** Spellings as returned by `spell`; the first is displayed. */
  keys: string[];
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Hidden from the command palette: only useful by keyboard. */
  handOnly?: boolean;
}

/** For actions that a held key must not repeat. */
export function once(run: Binding['run']): Binding['run'] {
  return (event) => {
    if (!event.repeat) run(event);
  };
}

export interface KeyScope {
  title: string;
  bindings: () => Binding[];
}

/** Menus, dialogs and open selects have their own keys. */
const OWN_KEYS =
  '[role="menu"],[role="dialog"],[role="alertdialog"],[data-select-content],[data-select-trigger][aria-expanded="true"]';

/** A modal dialog. */
const MODAL = '[aria-modal="true"][data-state="open"]';
const FIELD = ':is(input, textarea):not(:disabled, [type="checkbox"], [type="radio"])';

/** How long to wait for a field to focus, in milliseconds. */
const AWAITED_MS = 500;

/** The shortcuts on the screen. Later scopes take precedence. */
class Keys {
  #scopes = new Stack<KeyScope>();
  /** Finds the field to focus once it is rendered. */
  #awaited: (() => HTMLElement | null | undefined) | null = null;

  get scopes(): readonly KeyScope[] {
    return this.#scopes.items;
  }

  push(scope: KeyScope): () => void {
    return this.#scopes.push(scope);
  }

  /**
   * Focuses a field as soon as it is rendered. Until then key presses are meant
   * for it: after adding a line the editor starts typing, and must not trigger
   * shortcuts.
   */
  async focusSoon(find: () => HTMLElement | null | undefined): Promise<void> {
    this.#awaited = find;
    const until = performance.now() + AWAITED_MS;
    await tick();
    while (this.#awaited === find && !this.#focusAwaited() && performance.now() < until) {
      await new Promise(requestAnimationFrame);
    }
    if (this.#awaited === find) this.#awaited = null;
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    // Focused now, the field receives what is typed.
    if (this.#awaited) return void this.#focusAwaited();
    const { target } = event;
    const modal = [...document.querySelectorAll(MODAL)].at(-1);
    if (modal && !(target instanceof Node && modal.contains(target))) {
      if (event.key.length === 1) modal.querySelector<HTMLElement>(FIELD)?.focus();
      return;
    }
    if (target instanceof HTMLElement && target.closest(OWN_KEYS)) return;
    const spelling = spell(event);
    if (spelling === 'esc' && isField(target)) {
      event.preventDefault();
      return leave(target);
    }
    if (belongsToField(target, spelling)) return;
    for (const scope of this.scopes.toReversed()) {
      const binding = scope.bindings().find((candidate) => candidate.keys.includes(spelling));
      if (!binding) continue;
      event.preventDefault();
      binding.run(event);
      return;
    }
  }

  #focusAwaited(): boolean {
    const field = this.#awaited?.();
    field?.focus();
    if (!field || document.activeElement !== field) return false;
    this.#awaited = null;
    return true;
  }
}

/** Moves the focus from a field back to the screen, whose shortcuts come next. */
function leave(field: HTMLElement): void {
  field.blur();
  field.closest<HTMLElement>('main')?.focus({ preventScroll: true });
}

export const keys = new Keys();

/** Registers shortcuts while the component is mounted. Call during its initialisation. */
export function useKeys(title: () => string, bindings: () => Binding[]): void {
  const scope: KeyScope = {
    get title() {
      return title();
    },
    bindings,
  };
  // Before the children are initialised: theirs are registered later and take
  // precedence.
  $effect.pre(() => keys.push(scope));
}
