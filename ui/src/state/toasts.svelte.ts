/** Toasts, and reporting failures. */
import { failureWords } from '../lib/notices';
import { formatRoute, type Route } from '../lib/route';
import type { Undoable } from '../lib/undo';
import { m } from '../paraglide/messages';
import { router } from './router.svelte';

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** An action, or a link. */
type Action = { label: string; run: () => void } | { label: string; to: Route };

export interface Toast {
  id: number;
  text: string;
  /** Further lines, for example one per refused file. */
  lines: string[];
  tone: Tone;
  action: Action | null;
}

interface Options {
  lines?: string[];
  tone?: Tone;
  action?: Toast['action'];
  /** Milliseconds until it disappears. */
  stay?: number;
}

const STAY_MS = 6000;

class Toasts {
  list = $state<Toast[]>([]);
  /** Counts how often all were cleared: reports of earlier work are dropped afterwards. */
  epoch = 0;
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #stay = new Map<number, number>();

  show(text: string, options: Options = {}): void {
    this.#put(text, options);
  }

  /** Announces what was done and offers to undo it, as long as that is possible. */
  offerUndo(text: string, step: Undoable): void {
    const run = () => void attempt(() => step.take());
    const id = this.#put(text, { action: { label: m.undo(), run } });
    step.whenTaken(() => this.dismiss(id));
  }

  /** Shows the error message of a failed command. */
  failure(thrown: unknown): void {
    this.show(failureWords(thrown), { tone: 'bad', stay: STAY_MS * 2 });
  }

  /** Runs the action of a toast. */
  act(id: number): void {
    const action = this.list.find((toast) => toast.id === id)?.action;
    this.dismiss(id);
    if (!action) return;
    if ('to' in action) router.go(action.to);
    else action.run();
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
    this.hold(id);
    this.#stay.delete(id);
  }

  /** Keeps a toast while it is hovered or focused. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Restarts its timeout. */
  release(id: number): void {
    const stay = this.#stay.get(id);
    if (stay !== undefined) this.#arm(id, stay);
  }

  /** Removes toasts that only link to where the editor is now. */
  arrived(route: Route): void {
    const here = formatRoute(route);
    for (const { id, action } of this.list) {
      if (action && 'to' in action && formatRoute(action.to) === here) this.dismiss(id);
    }
  }

  clear(): void {
    this.epoch += 1;
    for (const toast of this.list) this.dismiss(toast.id);
  }

  #put(text: string, options: Options): number {
    const id = this.#next++;
    const { lines = [], tone = 'plain', action = null } = options;
    this.list = [...this.list.slice(-3), { id, text, lines, tone, action }];
    this.#arm(id, options.stay ?? (lines.length > 0 ? STAY_MS * 3 : action ? STAY_MS * 1.5 : STAY_MS));
    return id;
  }

  #arm(id: number, after: number): void {
    this.hold(id);
    this.#stay.set(id, after);
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), after),
    );
  }
}

export const toasts = new Toasts();

/** Runs a command whose failure only needs to be reported. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  const { epoch } = toasts;
  try {
    return await work();
  } catch (thrown) {
    // In another library, the failure would make no sense and must not be shown.
    if (epoch === toasts.epoch) toasts.failure(thrown);
    return undefined;
  }
}
