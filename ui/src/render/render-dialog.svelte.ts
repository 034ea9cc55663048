/** What is to be rendered: clips, presets, where to, and what is left out. */
import { SvelteSet } from 'svelte/reactivity';

class RenderDialogState {
  shown = $state(false);
  ids = $state.raw<readonly string[]>([]);
  /** Keys of the presets; kept until the window closes, for the next render. */
  presets = $state.raw<readonly string[]>([]);
  /** A folder for this render only. */
  folder = $state<string | null>(null);
  /** Files of the plan that are not made, by `pairKey`. */
  readonly leftOut = new SvelteSet<string>();

  /** Shows the dialog for some clips, with the presets of the last time. */
  open(clipIds: readonly string[]): void {
    if (clipIds.length === 0) return;
    this.ids = [...new Set(clipIds)];
    this.folder = null;
    this.leftOut.clear();
    this.shown = true;
  }

  close(): void {
    this.shown = false;
  }

  togglePreset(key: string): void {
    this.presets = this.presets.includes(key)
      ? this.presets.filter((other) => other !== key)
      : [...this.presets, key];
  }

  setIncluded(pair: string, included: boolean): void {
    if (included) this.leftOut.delete(pair);
    else this.leftOut.add(pair);
  }
}

export const renderDialog = new RenderDialogState();
