/** Which keys do what at this moment: every part of the screen brings its own. */
import { belongsToField, spell } from '../lib/keymap';
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

/** The keys of what is on the screen. Later scopes come before earlier ones. */
class Keys {
  #scopes = new Stack<KeyScope>();

  get scopes(): readonly KeyScope[] {
    return this.#scopes.items;
  }

  push(scope: KeyScope): () => void {
    return this.#scopes.push(scope);
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const spelling = spell(event);
    if (belongsToField(event.target, spelling)) return;
    if (event.target instanceof HTMLElement && event.target.closest(OWN_KEYS)) return;
    for (const scope of this.scopes.toReversed()) {
      const binding = scope.bindings().find((candidate) => candidate.keys.includes(spelling));
      if (!binding) continue;
      event.preventDefault();
      binding.run(event);
      return;
    }
  }
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
