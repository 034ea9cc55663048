/** What happens before anything is shown, and what the window hears from then on. */
import { platform } from '../platform';
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';
import { attempt } from '../state/toasts.svelte';
import { drop } from './drop.svelte';

async function load(): Promise<void> {
  await preferences.load();
  if (!preferences.info?.problem) await session.load();
}

/** Listens to the application and to files that are dragged over the window. */
function listen(): () => void {
  const stops: (() => void)[] = [];
  let gone = false;
  const keep = (listening: Promise<() => void>) =>
    attempt(async () => {
      const stop = await listening;
      if (gone) stop();
      else stops.push(stop);
    });
  void keep(
    platform().onAppEvent((event) => {
      const refresh =
        event.type === 'profiles_changed' ? () => session.refreshProfiles() : () => preferences.refresh();
      void attempt(refresh);
    }),
  );
  void keep(platform().onFileDrop((event) => drop.take(event)));
  return () => {
    gone = true;
    for (const stop of stops) stop();
  };
}

export const start = { load, listen };
