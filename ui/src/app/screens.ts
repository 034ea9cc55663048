/**
 * Screens loaded lazily: their code is fetched after the first screen is shown,
 * so that it is ready before it is needed.
 */
export const later = {
  triage: () => import('../triage/TriageScreen.svelte'),
  source: () => import('../segments/SourceScreen.svelte'),
  clip: () => import('../editor/ClipScreen.svelte'),
  job: () => import('../queue/JobScreen.svelte'),
  trash: () => import('../trash/TrashScreen.svelte'),
  settings: () => import('../settings/SettingsScreen.svelte'),
};

/** A failed import is retried, and its error shown, when the screen is opened. */
export function bringLater(): void {
  for (const load of Object.values(later)) load().catch(() => undefined);
}
