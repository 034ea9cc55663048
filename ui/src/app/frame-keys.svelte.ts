/** Global keyboard shortcuts. */
import { m } from '../paraglide/messages';
import { api, type QueueStatus } from '../platform';
import { queueActions } from '../queue/queue-actions';
import { useLive } from '../state/context';
import { type Binding, useKeys } from '../state/keys.svelte';
import type { Live } from '../state/live';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { attempt } from '../state/toasts.svelte';
import { zoomKeys } from '../state/zoom';
import { frame } from './frame.svelte';
import { PLACES } from './places';

const NUMBERED = 9;

function places(): Binding[] {
  return PLACES.map((place) => ({
    keys: [place.keys],
    label: m.go_to({ place: place.label() }),
    run: () => router.go({ at: place.at }),
  }));
}

function profiles(): Binding[] {
  const all = session.profiles.map((profile, at) => ({ profile, at }));
  const others = all.filter(({ profile }) => profile.id !== session.profile?.id);
  return [
    ...others.map(({ profile, at }) => ({
      keys: at < NUMBERED ? [`ctrl+${at + 1}`] : [],
      label: m.profile_switch_to({ name: profile.name }),
      run: () => void session.switchTo(profile.id),
    })),
    ...all.map(({ profile }) => ({
      keys: [],
      label: m.profile_window_as({ name: profile.name }),
      run: () => void attempt(() => api.openProfileWindow(profile.id)),
    })),
  ];
}

/** Pausing the queue works from anywhere. */
function queue(live: Live): Binding[] {
  const actions = queueActions(live);
  const held = live.client.getQueryData<QueueStatus>(['queue'])?.held ?? null;
  return [
    held === null
      ? { keys: [], label: m.queue_hold(), run: () => void actions.hold() }
      : { keys: [], label: m.queue_release(), run: () => void actions.release() },
    { keys: [], label: m.queue_retry_all(), run: () => void actions.retryFailed() },
  ];
}

export function useFrameKeys(): void {
  const live = useLive();
  useKeys(
    () => m.keys_everywhere(),
    () => [
      { keys: ['ctrl+k'], label: m.palette_open(), handOnly: true, run: () => (frame.palette = true) },
      { keys: ['?'], label: m.help_title(), run: () => (frame.help = true) },
      { keys: ['alt+left'], label: m.back(), run: () => router.back({ at: 'projects' }) },
      ...places(),
      ...zoomKeys(),
      ...queue(live),
      ...profiles(),
    ],
  );
}
