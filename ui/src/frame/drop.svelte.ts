/** Files that are dragged over the window: what the screen would do with them. */
import type { FileDrop } from '../platform';
import { Stack } from '../state/stack.svelte';

export interface DropTarget {
  /** What letting go will do, for example “Add to Spring campaign”. */
  title: string;
  accept: (paths: string[]) => void;
}

class Drop {
  /** Whether files hang over the window. */
  over = $state(false);
  #targets = new Stack<() => DropTarget | null>();

  /** What the topmost screen makes of a drop; null where nothing takes files. */
  get target(): DropTarget | null {
    for (const target of this.#targets.items.toReversed()) {
      const found = target();
      if (found) return found;
    }
    return null;
  }

  register(target: () => DropTarget | null): () => void {
    return this.#targets.push(target);
  }

  take(event: FileDrop): void {
    this.over = event.kind === 'over';
    if (event.kind === 'drop' && event.paths.length > 0) this.target?.accept(event.paths);
  }
}

export const drop = new Drop();

/** Takes dropped files for as long as the component is on the screen. Call while it is set up. */
export function useDrop(target: () => DropTarget | null): void {
  $effect(() => drop.register(target));
}
