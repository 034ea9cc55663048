/** Files opened with Rushes, until the editor chooses where they go. */
import { platform } from '../platform';
import { session } from '../state/session.svelte';
import { attempt } from '../state/toasts.svelte';

class Asked {
  paths = $state.raw<string[]>([]);

  /** Takes the files kept by the shell. Without a library on the screen they stay there. */
  async take(): Promise<void> {
    if (!session.open) return;
    const paths = await attempt(() => platform().commands.takeAskedFiles());
    if (paths) this.paths = [...new Set([...this.paths, ...paths])];
  }

  clear(): void {
    this.paths = [];
  }
}

export const asked = new Asked();
