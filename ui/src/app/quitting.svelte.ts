/** The question asked when the last window closes while there is work. */
import { api, type QuitChoice } from '../platform';
import { attempt } from '../state/toasts.svelte';

class Quitting {
  /** Amount of work in all profiles; null while nothing is asked. */
  work = $state.raw<{ running: number; waiting: number } | null>(null);
  /** The answer being sent. */
  answer = $state<QuitChoice | null>(null);

  ask(running: number, waiting: number): void {
    this.work = { running, waiting };
  }

  async choose(choice: QuitChoice): Promise<void> {
    if (this.answer !== null) return;
    this.answer = choice;
    // If it fails, the window stays open and shows why.
    await attempt(() => api.quit(choice));
    this.answer = null;
    this.work = null;
  }
}

export const quitting = new Quitting();
