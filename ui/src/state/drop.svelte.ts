/** Files dragged over the window, and what the screen would do with them. */
import type { FileDrop } from '../platform';
import { Stack } from './stack.svelte';

/** Position of the pointer, in page pixels. */
export interface DropPoint {
  x: number;
  y: number;
}

export interface DropTarget {
  /** What dropping will do, for example “Add to Spring campaign”. */
  title: string;
  hint?: string;
  /** Whether this screen has several targets and must stay visible. */
  aims?: boolean;
  /** The target under the pointer. */
  over?: Element;
  accept: (paths: string[]) => void;
}

class Drop {
  /** Whether files are over the window. */
  over = $state(false);
  #at = $state.raw<DropPoint>({ x: 0, y: 0 });
  #targets = new Stack<(at: DropPoint) => DropTarget | null>();

  /** What the topmost screen would do with a drop at the pointer; null if nothing accepts files. */
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

/** Accepts dropped files while the component is mounted. Call during its initialisation. */
export function useDrop(target: (at: DropPoint) => DropTarget | null): void {
  $effect(() => drop.register(target));
}
