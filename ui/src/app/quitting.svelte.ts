/** The question that closing the last window asks while there is work. */
import { api, type QuitChoice } from '../platform';
import { attempt } from '../state/toasts.svelte';

class Quitting {
  /** How much work there is, of all profiles; null while nothing is asked. */
  work = $state.raw<{ running: number; waiting: number } | null>(null);
  /** The answer that is on its way. */
  answer = $state<QuitChoice | null>(null);

  ask(running: number, waiting: number): void {
    this.work = { running, waiting };
  }

  async choose(choice: QuitChoice): Promise<void> {
    if (this.answer !== null) return;
    this.answer = choice;
    // One that cannot be carried out leaves the window as it is, and says why.
    await attempt(() => api.quit(choice));
    this.answer = null;
    this.work = null;
  }
}

export const quitting = new Quitting();
