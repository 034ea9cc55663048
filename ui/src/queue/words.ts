/** Texts of the queue, in the language of the page. */
import { formatAge, formatBytes, formatNumber, formatWait } from '../lib/format';
import { type JobGroup, type Remedy, tookSeconds } from '../lib/jobs';
import { noticesWords, noticeWords } from '../lib/notices';
import { m } from '../paraglide/messages';
import type { Job, JobEvent, JobEventKind, JobKind, JobState } from '../platform';
import type { Batch } from './batches';
import { doing, pausedFor, stageName } from './job-words';

export const GROUP_NAMES: Record<JobGroup, () => string> = {
  running: m.queue_running,
  waiting: m.queue_waiting,
  held: m.queue_held,
  ended: m.queue_ended,
};

export const STATE_NAMES: Record<JobState, () => string> = {
  running: m.queue_running,
  queued: m.queue_waiting,
  paused: m.queue_paused,
  interrupted: m.queue_interrupted,
  done: m.queue_done,
  failed: m.queue_failed,
  cancelled: m.queue_cancelled,
};

const KINDS: Record<JobKind, () => string> = {
  analyse: m.job_kind_analyse,
  clip_file: m.job_kind_clip_file,
  delete_files: m.job_kind_delete_files,
  generate: m.job_kind_generate,
  generate_from_segments: m.job_kind_generate_from_segments,
  ingest: m.job_kind_ingest,
  proxy: m.job_kind_proxy,
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

/** Kinds that only appear in the queue describe their result in their row. */
const TOLD_IN_ROW: ReadonlySet<JobKind> = new Set(['ingest', 'delete_files']);

const BATCHES: Partial<Record<JobKind, typeof m.batch_jobs>> = {
  clip_file: m.batch_clip_files,
  render: m.batch_finals,
};

/** A batch has no name of its own, so it is named after what it makes. */
export function batchName({ kind, count }: Batch): string {
  const name = (kind && BATCHES[kind]) ?? m.batch_jobs;
  return name({ count, shown: formatNumber(count) });
}

/** The state of a batch, in parts; empty parts are left out. */
export function batchFacts(batch: Batch): string[] {
  return [
    batch.done > 0 ? m.batch_done({ shown: formatNumber(batch.done) }) : '',
    batch.failed > 0 ? m.batch_failed({ shown: formatNumber(batch.failed) }) : '',
    batch.cancelled > 0 ? m.batch_cancelled({ shown: formatNumber(batch.cancelled) }) : '',
    batch.open > 0 ? m.batch_open({ shown: formatNumber(batch.open) }) : '',
  ].filter(Boolean);
}

/** The result of a job in a sentence; null if there is nothing to say besides that it is done. */
export function resultOf({ result }: Job): string | null {
  switch (result?.type) {
    case 'final':
      return m.job_result_final();
    case 'clips':
      return m.job_result_clips({ count: result.made, shown: formatNumber(result.made) });
    case 'sources': {
      const { added, refused } = result;
      const came = m.job_result_added({ count: added, shown: formatNumber(added) });
      if (refused.length === 0) return came;
      const left = m.job_result_refused({ count: refused.length, shown: formatNumber(refused.length) });
      return added === 0 ? left : `${came} ${left}`;
    }
    case 'deleted': {
      const { files, bytes } = result;
      return m.job_result_deleted({ count: files, shown: formatNumber(files), size: formatBytes(bytes) });
    }
    default:
      return null;
  }
}

/** What a job is doing, or how it ended. */
export function stageOf(job: Job): string {
  switch (job.state) {
    case 'running':
    case 'queued':
    case 'paused':
      return doing(job);
    case 'interrupted':
      return m.job_interrupted_hint();
    case 'failed':
      return job.error ? noticeWords(job.error) : m.queue_failed();
    case 'done':
      if (job.notes.length > 0) return noticesWords(job.notes);
      return (TOLD_IN_ROW.has(job.kind) ? resultOf(job) : null) ?? m.queue_done();
    case 'cancelled':
      return m.queue_cancelled();
  }
}

/** A speed displayed as 0.1; a slower one would be displayed as zero. */
const TOLD_SPEED_MILLI = 50;

/**
 * Figures at the end of a row: speed and remaining time while it runs,
 * afterwards when it ended and how long it took.
 */
export function figuresOf(job: Job, now: number): string[] {
  if (job.state === 'running') {
    const { speed_milli } = job;
    const speed =
      speed_milli !== null && speed_milli >= TOLD_SPEED_MILLI
        ? [m.queue_speed({ speed: formatNumber(speed_milli / 1000, 1) })]
        : [];
    const eta = job.eta_s === null ? [] : [m.time_left({ time: formatWait(job.eta_s) })];
    return [...speed, ...eta];
  }
  const attempt = job.attempts > 1 ? [m.queue_attempt({ shown: formatNumber(job.attempts) })] : [];
  if (job.state === 'queued' || job.state === 'paused') return attempt;
  const took = tookSeconds(job);
  const age = formatAge(job.ended_at_ms ?? job.started_at_ms ?? job.created_at_ms, now);
  return [
    ...attempt,
    ...(took === null || job.state !== 'done' ? [] : [m.queue_took({ time: formatWait(took) })]),
    age,
  ];
}

const EVENTS: Record<Exclude<JobEventKind, 'stage' | 'paused' | 'remark'>, () => string> = {
  queued: m.job_event_queued,
  started: m.job_event_started,
  resumed: m.job_event_resumed,
  interrupted: m.job_event_interrupted,
  requeued: m.job_event_requeued,
  retried: m.job_event_retried,
  done: m.job_event_done,
  failed: m.job_event_failed,
  cancelled: m.job_event_cancelled,
};

/** A line of the log: what happened, and its details. */
export function eventWords({ event, words, notices }: JobEvent): { what: string; more: string | null } {
  switch (event) {
    case 'stage':
      return { what: stageName(words ?? ''), more: null };
    case 'paused':
      return { what: pausedFor(words), more: null };
    case 'remark':
      return { what: noticesWords(notices), more: null };
    default:
      return { what: EVENTS[event](), more: noticesWords(notices) || null };
  }
}
