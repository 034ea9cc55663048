/**
 * Where finals go, to be shown: this time's folder before the profile's, before
 * one for the profile in the machine's, before the library. Only this
 * time's is named in a call; the studio knows the others.
 */
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';

export type FolderOrigin = 'this_time' | 'profile' | 'machine' | 'library';

export function targetFolder(thisTime: string | null): { path: string | null; origin: FolderOrigin } {
  if (thisTime !== null) return { path: thisTime, origin: 'this_time' };
  const profile = session.profile?.settings.output_folder ?? null;
  if (profile !== null) return { path: profile, origin: 'profile' };
  const machine = preferences.value.output_folder ?? preferences.info?.finals_folder ?? null;
  if (machine === null) return { path: null, origin: 'library' };
  return { path: machine, origin: 'machine' };
}
