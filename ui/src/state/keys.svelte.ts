/** Which keys do what at this moment: every part of the screen brings its own. */
import { tick } from 'svelte';
import { belongsToField, isField, spell } from '../lib/keymap';
import { Stack } from './stack.svelte';

export interface Binding {
  /** Spellings as `spell` makes them; the first is the one that is shown. */
  keys: string[];
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Left out of the command palette: keys that only make sense under the hand. */
  handOnly?: boolean;
}

/** For what a key held down must not do again and again. */
export function once(run: Binding['run']): Binding['run'] {
  return (event) => {
    if (!event.repeat) run(event);
  };
}

export interface KeyScope {
  title: string;
  bindings: () => Binding[];
}

/** Menus, dialogs and open lists of choices have keys of their own. */
const OWN_KEYS =
  '[role="menu"],[role="dialog"],[role="alertdialog"],[data-select-content],[data-select-trigger][aria-expanded="true"]';

/** A dialog that everything else waits for. */
const MODAL = '[aria-modal="true"][data-state="open"]';
const FIELD = ':is(input, textarea):not(:disabled, [type="checkbox"], [type="radio"])';

/** How long a field is awaited that is to have the focus, in milliseconds. */
const AWAITED_MS = 500;

/** The keys of what is on the screen. Later scopes come before earlier ones. */
class Keys {
  #scopes = new Stack<KeyScope>();
  /** Finds the field that is to have the focus once it is drawn. */
  #awaited: (() => HTMLElement | null | undefined) | null = null;

  get scopes(): readonly KeyScope[] {
    return this.#scopes.items;
  }

  push(scope: KeyScope): () => void {
    return this.#scopes.push(scope);
  }

  /**
   * Gives a field the focus as soon as it is drawn. Until then keys are meant
   * for it: who adds a line begins to type, and none of it is a command.
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
    // With the focus given now, what is typed goes into the field.
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

/** Goes from a field back to the screen around it, whose keys come next. */
function leave(field: HTMLElement): void {
  field.blur();
  field.closest<HTMLElement>('main')?.focus({ preventScroll: true });
}

export const keys = new Keys();

/** Gives a component keys for as long as it is on the screen. Call while it is set up. */
export function useKeys(title: () => string, bindings: () => Binding[]): void {
  const scope: KeyScope = {
    get title() {
      return title();
    },
    bindings,
  };
  // Before the parts within are set up: theirs come later, and so before these.
  $effect.pre(() => keys.push(scope));
}
