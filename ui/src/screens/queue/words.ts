/** What the queue says of jobs, in the language of the page. */
import { formatAge, formatNumber, formatWait } from '../../lib/format';
import { doing } from '../../lib/job-words';
import { type JobGroup, type Remedy, tookSeconds } from '../../lib/jobs';
import { m } from '../../paraglide/messages';
import type { Job, JobKind } from '../../platform';

export const GROUP_NAMES: Record<JobGroup, () => string> = {
  running: m.queue_running,
  waiting: m.queue_waiting,
  interrupted: m.queue_interrupted,
  failed: m.queue_failed,
  done: m.queue_done,
  cancelled: m.queue_cancelled,
};

const KINDS: Record<JobKind, () => string> = {
  analyse: m.job_kind_analyse,
  generate: m.job_kind_generate,
  generate_from_segments: m.job_kind_generate_from_segments,
  refresh: m.job_kind_refresh,
  render: m.job_kind_render,
  sample: m.job_kind_sample,
};

export const REMEDIES: Record<Remedy, () => string> = {
  source: m.job_fix_source,
  disk: m.job_fix_disk,
  ffmpeg: m.job_fix_ffmpeg,
  folder: m.job_fix_folder,
  other: m.job_fix_other,
};

export function kindOf(job: Job): string {
  return KINDS[job.kind]();
}

/** What a job does right now, or how it ended. */
export function stageOf(job: Job): string {
  switch (job.state) {
    case 'running':
    case 'queued':
      return doing(job);
    case 'interrupted':
      return m.job_interrupted_hint();
    case 'failed':
      return job.error_message ?? m.queue_failed();
    case 'done':
      return job.note ?? m.queue_done();
    case 'cancelled':
      return m.queue_cancelled();
  }
}

/** Figures at the end of a row: speed and time left while it runs, when and how long after. */
export function figuresOf(job: Job, now: number): string[] {
  if (job.state === 'running') {
    const speed =
      job.speed_milli === null ? [] : [m.queue_speed({ speed: formatNumber(job.speed_milli / 1000, 1) })];
    const eta = job.eta_s === null ? [] : [m.time_left({ time: formatWait(job.eta_s) })];
    return [...speed, ...eta];
  }
  const attempt = job.attempts > 1 ? [m.queue_attempt({ shown: formatNumber(job.attempts) })] : [];
  if (job.state === 'queued') return attempt;
  const took = tookSeconds(job);
  const age = formatAge(job.ended_at_ms ?? job.started_at_ms ?? job.created_at_ms, now);
  return [
    ...attempt,
    ...(took === null || job.state !== 'done' ? [] : [m.queue_took({ time: formatWait(took) })]),
    age,
  ];
}
