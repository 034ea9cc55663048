/** Startup before anything is shown, and the window's event listeners. */
import { platform } from '../platform';
import { drop } from '../state/drop.svelte';
import { session } from '../state/session.svelte';
import { ffmpeg } from '../state/ffmpeg.svelte';
import { preferences } from '../state/settings.svelte';
import { attempt } from '../state/toasts.svelte';
import { asked } from './asked.svelte';
import { quitting } from './quitting.svelte';

async function load(): Promise<void> {
  await preferences.load();
  if (preferences.info?.problem) return;
  await session.load();
  // Not waited for: the first search for ffmpeg takes longer than all the rest.
  void attempt(() => ffmpeg.load());
}

/** Listens to the application and to files dragged over the window. */
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
          void attempt(() => ffmpeg.load());
          break;
        case 'library_damaged':
          void attempt(() => preferences.refresh());
          break;
        case 'files_asked':
          void asked.take();
          break;
        case 'missed':
          void attempt(() => session.refreshProfiles());
          void attempt(() => preferences.refresh());
          if (session.open) void attempt(() => ffmpeg.load());
          void asked.take();
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

export const start = { load, listen };
