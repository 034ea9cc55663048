import { belongsToField, spell } from '../lib/keymap';

export interface Binding {
  /** Spellings as `spell` makes them; the first is the one that is shown. */
  keys: string[];
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Left out of the command palette: keys that only make sense under the hand. */
  handOnly?: boolean;
}

export interface KeyScope {
  title: string;
  bindings: () => Binding[];
}

/** The keys of what is on the screen. Later scopes come before earlier ones. */
class Keys {
  scopes = $state.raw<KeyScope[]>([]);

  push(scope: KeyScope): () => void {
    this.scopes = [...this.scopes, scope];
    return () => {
      this.scopes = this.scopes.filter((other) => other !== scope);
    };
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    const spelling = spell(event);
    if (belongsToField(event.target, spelling)) return;
    // Menus and dialogs have keys of their own.
    if (event.target instanceof HTMLElement && event.target.closest('[role="menu"],[role="dialog"],[role="alertdialog"]'))
      return;
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
  $effect(() => keys.push({ title: title(), bindings }));
}
