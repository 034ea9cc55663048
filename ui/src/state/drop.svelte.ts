/** Files that are dragged over the window: what the screen would do with them. */
import type { FileDrop } from '../platform';
import { Stack } from './stack.svelte';

/** Where the pointer is, in pixels of the page. */
export interface DropPoint {
  x: number;
  y: number;
}

export interface DropTarget {
  /** What letting go will do, for example “Add to Spring campaign”. */
  title: string;
  hint?: string;
  /** Whether there is more to aim at on this screen, so that it has to stay in sight. */
  aims?: boolean;
  /** What the pointer aims at. */
  over?: Element;
  accept: (paths: string[]) => void;
}

class Drop {
  /** Whether files hang over the window. */
  over = $state(false);
  #at = $state.raw<DropPoint>({ x: 0, y: 0 });
  #targets = new Stack<(at: DropPoint) => DropTarget | null>();

  /** What the topmost screen makes of a drop where the pointer is; null where nothing takes files. */
  get target(): DropTarget | null {
    for (const target of this.#targets.items.toReversed()) {
      const found = target(this.#at);
      if (found) return found;
    }
    return null;
  }

  register(target: (at: DropPoint) => DropTarget | null): () => void {
    return this.#targets.push(target);
  }

  take(event: FileDrop): void {
    this.over = event.kind === 'over';
    if (event.kind !== 'leave') this.#at = { x: event.x, y: event.y };
    if (event.kind === 'drop' && event.paths.length > 0) this.target?.accept(event.paths);
  }
}

export const drop = new Drop();

/** Takes dropped files for as long as the component is on the screen. Call while it is set up. */
export function useDrop(target: (at: DropPoint) => DropTarget | null): void {
  $effect(() => drop.register(target));
}
