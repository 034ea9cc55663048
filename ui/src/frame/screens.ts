/**
 * The screens that are not the first to be seen. Their code is brought in once
 * the first one stands, so that it is there before anybody goes to them.
 */
export const later = {
  triage: () => import('../screens/triage/TriageScreen.svelte'),
  source: () => import('../screens/source/SourceScreen.svelte'),
  clip: () => import('../screens/clip/ClipScreen.svelte'),
  job: () => import('../screens/queue/JobScreen.svelte'),
  trash: () => import('../screens/trash/TrashScreen.svelte'),
  settings: () => import('../screens/settings/SettingsScreen.svelte'),
};

/** What cannot be had now is asked for again, and told of, when somebody goes there. */
export function bringLater(): void {
  for (const load of Object.values(later)) load().catch(() => undefined);
}
