/** Renders a component for a test as the application would: in the library of an open profile. */
import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { createMemoryPlatform, type MemoryOptions, type MemoryPlatform } from '../memory';
import { startPlatform } from '../platform';
import { ffmpeg } from '../state/ffmpeg.svelte';
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';
import { toasts } from '../state/toasts.svelte';
import Library from './Library.svelte';

/** A separate machine, with its first profile open if there is one. */
export async function openMachine(options: MemoryOptions = {}): Promise<MemoryPlatform> {
  const machine = createMemoryPlatform(options);
  startPlatform(machine);
  toasts.clear();
  session.open = null;
  await preferences.load();
  if (preferences.info?.problem) return machine;
  await session.load();
  await ffmpeg.load();
  return machine;
}

export function show<P extends Record<string, unknown>>(component: Component<P>, props: P) {
  const user = userEvent.setup();
  const shown = render(Library as Component<{ component: Component<P>; props: P }>, {
    props: { component, props },
  });
  return { user, ...shown };
}

/** Queues a batch of finals of clips whose sources are available. */
export async function renderSome({ commands }: MemoryPlatform, count: number): Promise<void> {
  const { items } = await commands.listAllClips({ search: 'Highlight' });
  const estimates = await commands.estimateRender(
    items.map((clip) => clip.id),
    ['tiktok'],
  );
  const able = estimates.filter(({ warnings }) => !warnings.includes('source_missing'));
  await commands.bulkRenderClips(
    able.slice(0, count).map((estimate) => estimate.clip_id),
    ['tiktok'],
    null,
  );
}
