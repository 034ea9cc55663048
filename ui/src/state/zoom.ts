/** Page zoom, with the usual browser shortcuts. */
import { spell } from '../lib/keymap';
import { m } from '../paraglide/messages';
import type { Binding } from './keys.svelte';
import { preferences } from './settings.svelte';
import { attempt } from './toasts.svelte';

/** In percent, with the steps of browsers. */
export const ZOOMS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;

function to(percent: number | undefined): void {
  if (percent === undefined || percent === preferences.value.zoom_percent) return;
  void attempt(() => preferences.update({ zoom_percent: percent }));
}

export function zoomKeys(): Binding[] {
  const now = preferences.value.zoom_percent;
  return [
    // If `+` needs shift, the key without it does the same.
    { keys: ['ctrl++', 'ctrl+='], label: m.zoom_in(), run: () => to(ZOOMS.find((one) => one > now)) },
    { keys: ['ctrl+-'], label: m.zoom_out(), run: () => to(ZOOMS.findLast((one) => one < now)) },
    { keys: ['ctrl+0'], label: m.zoom_reset(), run: () => to(100) },
  ];
}

/** Zooms wherever the focus is, including dialogs and fields; returns whether the key was handled. */
export function takeZoom(event: KeyboardEvent): boolean {
  if (event.defaultPrevented) return false;
  const spelling = spell(event);
  const binding = zoomKeys().find(({ keys }) => keys.includes(spelling));
  if (!binding) return false;
  event.preventDefault();
  binding.run(event);
  return true;
}
