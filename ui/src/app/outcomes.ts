/**
 * Notifications about finished work: a toast in the window, and a system
 * notification if it took long. Jobs of a batch are reported together once the
 * last one has ended.
 */
import { formatNumber } from '../lib/format';
import { endedSince, tookSeconds } from '../lib/jobs';
import { noticeWords } from '../lib/notices';
import type { Route } from '../lib/route';
import { m } from '../paraglide/messages';
import type { Job } from '../platform';
import { type Batch, batchesOf } from '../queue/batches';
import type { Tone } from '../state/toasts.svelte';
import { type News, newsOf, shownInPlace } from './ready';

export interface Word {
  text: string;
  lines: string[];
  tone: Tone;
  action: News['action'];
}

export interface Notice {
  title: string;
  body: string;
}

/** Shorter jobs get no system notification. */
const LONG_S = 20;
/** Kinds requested explicitly; others are not worth a system notification. */
const ASKED_FOR: ReadonlySet<Job['kind']> = new Set([
  'generate',
  'generate_from_segments',
  'ingest',
  'render',
  'sample',
]);

/** Paused jobs do not count: they may stay paused for days, and reports must not wait for them. */
const underWay = (job: Job) => job.state === 'running' || job.state === 'queued';

/** What a batch of jobs made. */
const READY: Partial<Record<Job['kind'], typeof m.ready_jobs>> = {
  clip_file: m.ready_clip_files,
  render: m.ready_finals,
};

const toQueue = (): News['action'] => ({ label: m.show_queue(), route: { at: 'queue' } });

export class Outcomes {
  /** Single finals that are done while others are still rendering: reported together. */
  #finals: Job[] = [];
  /** Jobs of each batch that ended since its last report. */
  #ended = new Map<string, Job[]>();
  /** Batches that were reported as a whole. */
  #told = new Set<string>();

  /** What to report after a change of the jobs, to an editor who is at `route`. */
  take(before: readonly Job[], now: readonly Job[], route: Route): { words: Word[]; notices: Notice[] } {
    const ended = endedSince(before, now);
    if (ended.length === 0) return { words: [], notices: [] };
    const batches = batchesOf(now);
    const batchOf = (job: Job) => (job.batch_id === null ? undefined : batches.get(job.batch_id));
    const singles = ended.filter((job) => !batchOf(job));
    const words = this.#singles(singles, now, route);
    const notices = singles.flatMap(noticeOf);
    for (const batch of new Set(ended.flatMap((job) => batchOf(job) ?? []))) {
      const mine = [...(this.#ended.get(batch.id) ?? []), ...ended.filter((job) => batchOf(job) === batch)];
      this.#ended.set(batch.id, mine);
      if (batch.open > 0) continue;
      this.#ended.delete(batch.id);
      const { word, notice } = this.#batch(batch, mine, now, route);
      words.push(...word);
      notices.push(...notice);
    }
    // These screens show everything as it ends.
    if (route.at === 'queue' || route.at === 'job') return { words: [], notices };
    return { words, notices };
  }

  #singles(ended: readonly Job[], now: readonly Job[], route: Route): Word[] {
    const words = ended
      .filter((job) => job.state === 'failed' && !shownInPlace(job, route))
      .map((job): Word => ({
        text: m.queue_said_failed({ title: job.title }),
        lines: job.error ? [noticeWords(job.error)] : [],
        tone: 'bad',
        action: toQueue(),
      }));
    const done = ended.filter((job) => job.state === 'done');
    this.#finals.push(...done.filter((job) => job.kind === 'render'));
    const told = done.filter((job) => job.kind !== 'render');
    const more = now.some((job) => job.kind === 'render' && job.batch_id === null && underWay(job));
    if (!more) told.push(...this.#finals.splice(0));
    return [...words, ...newsOf(told, route).map(good)];
  }

  #batch(
    batch: Batch,
    ended: readonly Job[],
    now: readonly Job[],
    route: Route,
  ): { word: Word[]; notice: Notice[] } {
    // A retried job of a reported batch is reported on its own.
    const again = this.#told.has(batch.id);
    this.#told.add(batch.id);
    const jobs = again ? ended : now.filter((job) => job.batch_id === batch.id);
    const done = jobs.filter((job) => job.state === 'done');
    const failed = again ? jobs.filter((job) => job.state === 'failed').length : batch.failed;
    if (failed === 0) {
      if (done.length === 0) return { word: [], notice: [] };
      const ready = (batch.kind && READY[batch.kind]) ?? m.ready_jobs;
      const text = ready({ count: done.length, shown: formatNumber(done.length) });
      const word =
        batch.kind === 'render'
          ? newsOf(done, route).map(good)
          : [{ text, lines: [], tone: 'good' as const, action: toQueue() }];
      return { word, notice: [{ title: m.notice_done(), body: text }] };
    }
    const parts = {
      shown: formatNumber(failed),
      done: formatNumber(done.length),
      of: formatNumber(done.length + failed),
    };
    const text = batch.kind === 'render' ? m.ready_finals_some(parts) : m.ready_jobs_some(parts);
    const reason = jobs.find((job) => job.state === 'failed')?.error;
    const tone = done.length === 0 ? 'bad' : 'warn';
    return {
      word: [{ text, lines: reason ? [noticeWords(reason)] : [], tone, action: toQueue() }],
      notice: [{ title: done.length === 0 ? m.notice_failed() : m.notice_done(), body: text }],
    };
  }
}

const good = ({ text, action }: News): Word => ({ text, lines: [], tone: 'good', action });

function noticeOf(job: Job): Notice[] {
  if (!ASKED_FOR.has(job.kind) || (tookSeconds(job) ?? 0) < LONG_S) return [];
  if (job.state === 'done') return [{ title: m.notice_done(), body: job.title }];
  if (job.state !== 'failed') return [];
  return [
    {
      title: m.notice_failed(),
      body: [job.title, ...(job.error ? [noticeWords(job.error)] : [])].join('\n'),
    },
  ];
}
