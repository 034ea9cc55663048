/** What to render: clips, presets, target folder, and exclusions. */
import { SvelteSet } from 'svelte/reactivity';
import { session } from '../state/session.svelte';

class RenderDialogState {
  shown = $state(false);
  ids = $state.raw<readonly string[]>([]);
  /** Keys of the presets; initially those of the profile's last render. */
  presets = $state.raw<readonly string[]>([]);
  /** A folder for this render only. */
  folder = $state<string | null>(null);
  /** Files of the plan that are excluded, by `pairKey`. */
  readonly leftOut = new SvelteSet<string>();
  /** Files that are up to date but rendered again anyway, by `pairKey`. */
  readonly again = new SvelteSet<string>();

  /** Opens the dialog for some clips, with the presets of the last render. */
  open(clipIds: readonly string[]): void {
    if (clipIds.length === 0) return;
    this.ids = [...new Set(clipIds)];
    this.folder = null;
    this.leftOut.clear();
    this.again.clear();
    this.presets = session.profile?.settings.render_presets ?? [];
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
    const [to, from] = included ? [this.again, this.leftOut] : [this.leftOut, this.again];
    from.delete(pair);
    to.add(pair);
  }
}

export const renderDialog = new RenderDialogState();
