/** Startup before anything is shown, and the window's event listeners. */
import { platform } from '../platform';
import { drop } from '../state/drop.svelte';
import { ffmpeg } from '../state/ffmpeg.svelte';
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';
import { attempt } from '../state/toasts.svelte';
import { asked } from './asked.svelte';
import { quitting } from './quitting.svelte';

/**
 * ffmpeg is searched for once the first screen is drawn: its programs are asked
 * what they can do, which takes as much of the CPU as drawing that screen.
 */
const SEARCH_AFTER_MS = 1_000;

async function load(): Promise<void> {
  await preferences.load();
  if (preferences.info?.problem) return;
  await session.load();
  // The first-run screen says whether ffmpeg is there.
  const wait = session.profiles.length === 0 ? 0 : SEARCH_AFTER_MS;
  setTimeout(() => void attempt(() => ffmpeg.load()), wait);
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
