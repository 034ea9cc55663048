/** What happens before anything is shown, and what the window hears from then on. */
import { tick } from 'svelte';
import { platform } from '../platform';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';
import { attempt } from '../state/toasts.svelte';
import { drop } from './drop.svelte';
import { quitting } from './quitting.svelte';

async function load(): Promise<void> {
  await preferences.load();
  if (!preferences.info?.problem) await session.load();
}

/** Takes the files that somebody opened with Rushes, as if they were dropped on the screen that is shown. */
async function takeAskedFiles(): Promise<void> {
  await attempt(async () => {
    const paths = await platform().commands.takeAskedFiles();
    if (paths.length === 0) return;
    if (!drop.target) {
      router.go({ at: 'projects' });
      await tick();
    }
    drop.take({ kind: 'drop', paths, x: 0, y: 0 });
  });
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
      switch (event.type) {
        case 'profiles_changed':
          void attempt(() => session.refreshProfiles());
          break;
        case 'settings_changed':
          void attempt(() => preferences.refresh());
          break;
        case 'files_asked':
          void takeAskedFiles();
          break;
        case 'missed':
          void attempt(() => session.refreshProfiles());
          void attempt(() => preferences.refresh());
          void takeAskedFiles();
          break;
        case 'quit_asked':
          quitting.ask(event.running, event.waiting);
          break;
      }
    }),
  );
  void keep(platform().onFileDrop((event) => drop.take(event)));
  return () => {
    gone = true;
    for (const stop of stops) stop();
  };
}

export const start = { load, listen, takeAskedFiles };
