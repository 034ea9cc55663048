/** Where finals go: this time's folder before the profile's, before the machine's, before the library. */
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';

export type FolderOrigin = 'this_time' | 'profile' | 'machine' | 'library';

export function targetFolder(thisTime: string | null): { path: string | null; origin: FolderOrigin } {
  if (thisTime !== null) return { path: thisTime, origin: 'this_time' };
  const profile = session.profile?.settings.output_folder ?? null;
  if (profile !== null) return { path: profile, origin: 'profile' };
  const machine = preferences.value.output_folder;
  return machine === null ? { path: null, origin: 'library' } : { path: machine, origin: 'machine' };
}

/** The folder to name in a render call; the library knows its own and the profile's. */
export function resolveFolder(thisTime: string | null): string | null {
  const { path, origin } = targetFolder(thisTime);
  return origin === 'profile' ? null : path;
}
