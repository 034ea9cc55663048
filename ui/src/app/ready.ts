/** Success notifications, and when to omit them. */
import { formatNumber } from '../lib/format';
import type { Route } from '../lib/route';
import { m } from '../paraglide/messages';
import type { Job } from '../platform';

export interface News {
  text: string;
  action: { label: string; route: Route };
}

const MAKES_CLIPS: ReadonlySet<Job['kind']> = new Set(['generate', 'generate_from_segments', 'sample']);

/** Whether the result of a job is on the screen. */
function inSight(job: Job, route: Route): boolean {
  if (MAKES_CLIPS.has(job.kind))
    return (
      (route.at === 'project' && route.id === job.project_id && route.stage === 'rushes') ||
      (route.at === 'triage' && route.project === job.project_id)
    );
  return (
    (route.at === 'project' && route.id === job.project_id && route.stage === 'finals') ||
    (route.at === 'clip' && route.id === job.clip_id)
  );
}

/**
 * Whether a screen reports a failure itself: the strip of a project and the
 * line below a source's timeline say what went wrong and what to do.
 */
export function shownInPlace(failed: Job, route: Route): boolean {
  if (failed.kind === 'analyse') return route.at === 'source';
  return MAKES_CLIPS.has(failed.kind) && route.at === 'project' && route.id === failed.project_id;
}

/** Names each project with new clips and counts finals. The file of a clip is not reported. */
export function newsOf(done: readonly Job[], route: Route): News[] {
  const unseen = done.filter((job) => !inSight(job, route));
  const news = unseen.flatMap((job): News[] => {
    if (!MAKES_CLIPS.has(job.kind) || job.project_id === null) return [];
    return [
      {
        text: m.ready_clips({ project: job.title }),
        action: {
          label: m.ready_clips_action(),
          route: { at: 'triage', project: job.project_id, clip: null, only: 'all' },
        },
      },
    ];
  });
  const finals = unseen.filter((job) => job.kind === 'render');
  if (finals.length === 0) return news;
  const projects = new Set(finals.map((job) => job.project_id));
  const [project] = projects;
  const there = projects.size === 1 && project;
  news.push({
    text: m.ready_finals({ count: finals.length, shown: formatNumber(finals.length) }),
    action: there
      ? { label: m.ready_finals_action(), route: { at: 'project', id: there, stage: 'finals' } }
      : { label: m.show_queue(), route: { at: 'queue' } },
  });
  return news;
}
