/**
 * The screens that are not the first to be seen. Their code is brought in once
 * the first one stands, so that it is there before anybody goes to them.
 */
export const later = {
  triage: () => import('../triage/TriageScreen.svelte'),
  source: () => import('../segments/SourceScreen.svelte'),
  clip: () => import('../editor/ClipScreen.svelte'),
  job: () => import('../queue/JobScreen.svelte'),
  trash: () => import('../trash/TrashScreen.svelte'),
  settings: () => import('../settings/SettingsScreen.svelte'),
};

/** What cannot be had now is asked for again, and told of, when somebody goes there. */
export function bringLater(): void {
  for (const load of Object.values(later)) load().catch(() => undefined);
}
