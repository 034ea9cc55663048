/** Files that somebody opened with Rushes, until the editor says where they go. */
import { platform } from '../platform';
import { session } from '../state/session.svelte';
import { attempt } from '../state/toasts.svelte';

class Asked {
  paths = $state.raw<string[]>([]);

  /** Takes what the shell keeps. Without a library on the screen it stays there until one is. */
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
