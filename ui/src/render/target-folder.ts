/**
 * The displayed target folder of finals: the one for this render, else the
 * profile's, else the profile's subfolder of the machine's, else the library.
 * Calls only name the first; the studio knows the others.
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
