/**
 * Reports to the desktop and the studio: progress, finished jobs, and what the
 * editor is looking at.
 */
import { createQuery } from '@tanstack/svelte-query';
import { onDestroy, untrack } from 'svelte';
import type { Route } from '../lib/route';
import { api, type Focus, type Job } from '../platform';
import { moodOf, queueProgress, taskProgress } from '../queue/queue-progress';
import { queries } from '../state/queries';
import { router } from '../state/router.svelte';
import { toasts } from '../state/toasts.svelte';
import { Outcomes } from './outcomes';

/** Optional features: errors of desktops without them are ignored. */
const quietly = (call: Promise<unknown>) => void call.catch(() => undefined);

function tellOutcomes(jobs: () => readonly Job[] | undefined): void {
  const outcomes = new Outcomes();
  let before: readonly Job[] | null = null;
  $effect(() => {
    const now = jobs();
    if (!now) return;
    const was = before;
    before = now;
    // Jobs that had ended when the library was opened are not reported.
    if (was) untrack(() => tell(was, now));
  });

  function tell(was: readonly Job[], now: readonly Job[]): void {
    const { words, notices } = outcomes.take(was, now, router.route);
    for (const { text, lines, tone, action } of words) {
      toasts.show(text, { lines, tone, action: { label: action.label, to: action.route } });
    }
    for (const { title, body } of notices) quietly(api.notify(title, body));
  }
}

/** The focus for a route; empty if it shows no footage. */
export function focusOf(route: Route): Focus {
  const none: Focus = { project_id: null, clip_id: null, source_id: null };
  switch (route.at) {
    case 'project':
      return { ...none, project_id: route.id };
    case 'triage':
      return { ...none, project_id: route.project, clip_id: route.clip };
    case 'clip':
      return { ...none, clip_id: route.id };
    case 'source':
      return { ...none, source_id: route.id };
    default:
      return none;
  }
}

/** Call while the frame of a library is set up. */
export function useTellOutside(): void {
  const jobs = createQuery(() => queries.jobs());
  const queue = createQuery(() => queries.queue());
  tellOutcomes(() => jobs.data);

  // A separate value, so that the desktop is only updated once per percent.
  const shown = $derived(
    taskProgress(moodOf(queue.data, jobs.data ?? [], 0), queueProgress(jobs.data ?? [])),
  );
  let told: number | null = null;
  $effect(() => {
    if (shown !== told) quietly(api.showProgress(shown));
    told = shown;
  });
  onDestroy(() => {
    if (told !== null) quietly(api.showProgress(null));
  });

  // As text, because another tab of the same project has the same focus.
  const focus = $derived(JSON.stringify(focusOf(router.route)));
  $effect(() => quietly(api.lookAt(JSON.parse(focus) as Focus)));
}
