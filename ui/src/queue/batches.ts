/** Batches: jobs that were requested together, and their overall progress. */
import { isActive, openFailures } from '../lib/jobs';
import type { Job } from '../platform';

export interface Batch {
  id: string;
  /** Its pieces of work; a retried one counts once. */
  count: number;
  done: number;
  failed: number;
  cancelled: number;
  /** Unfinished ones: running, waiting or paused. */
  open: number;
  progress_bp: number;
  /** Their kind, if it is the same for all. */
  kind: Job['kind'] | null;
}

/** Batches by id. A single job is not a batch, even if it was requested as one. */
export function batchesOf(jobs: readonly Job[]): Map<string, Batch> {
  const open = new Set(openFailures(jobs));
  const members = new Map<string, Job[]>();
  for (const job of jobs) {
    // A resolved failure is represented by its retry.
    if (job.batch_id === null || (job.state === 'failed' && !open.has(job))) continue;
    const known = members.get(job.batch_id);
    if (known) known.push(job);
    else members.set(job.batch_id, [job]);
  }
  const batches = new Map<string, Batch>();
  for (const [id, batch] of members) if (batch.length > 1) batches.set(id, summed(id, batch));
  return batches;
}

function summed(id: string, jobs: readonly Job[]): Batch {
  const batch: Batch = {
    id,
    count: jobs.length,
    done: 0,
    failed: 0,
    cancelled: 0,
    open: 0,
    progress_bp: 0,
    kind: null,
  };
  let progress = 0;
  for (const job of jobs) {
    const open = isActive(job) || job.state === 'interrupted';
    if (job.state === 'done') batch.done += 1;
    if (job.state === 'failed') batch.failed += 1;
    if (job.state === 'cancelled') batch.cancelled += 1;
    if (open) batch.open += 1;
    progress += open ? job.progress_bp : 10_000;
  }
  batch.progress_bp = Math.floor(progress / jobs.length);
  if (jobs.every((job) => job.kind === jobs[0]?.kind)) batch.kind = jobs[0]?.kind ?? null;
  return batch;
}

/** A line of the list: a batch header, or a job. */
export type Entry =
  | { key: string; batch: Batch; run: readonly Job[]; first: boolean }
  | { key: string; job: Job; inBatch: boolean };

const rows = new WeakMap<Job, Entry>();

/** Returns the previous line for an unchanged job, so that only changes are drawn again. */
function rowOf(job: Job, inBatch: boolean): Entry {
  const known = rows.get(job);
  if (known && 'job' in known && known.inBatch === inBatch) return known;
  const row = { key: job.id, job, inBatch };
  rows.set(job, row);
  return row;
}

/**
 * Inserts a header before each run of jobs of one batch. `told` holds the
 * batches with a full header further up; the ones found here are added.
 */
export function entriesOf(
  jobs: readonly Job[],
  batches: ReadonlyMap<string, Batch>,
  told: Set<string>,
  /** The jobs to draw of a run, by its key. */
  drawn: (key: string, run: readonly Job[]) => readonly Job[],
): Entry[] {
  const entries: Entry[] = [];
  const runs = new Map<string, number>();
  for (let at = 0; at < jobs.length;) {
    const job = jobs[at] as Job;
    const batch = job.batch_id === null ? undefined : batches.get(job.batch_id);
    if (!batch) {
      entries.push(rowOf(job, false));
      at += 1;
      continue;
    }
    let end = at;
    while (jobs[end]?.batch_id === batch.id) end += 1;
    const run = jobs.slice(at, end);
    const number = runs.get(batch.id) ?? 0;
    runs.set(batch.id, number + 1);
    const key = `${batch.id} ${number}`;
    entries.push({ key, batch, run, first: !told.has(batch.id) });
    told.add(batch.id);
    for (const member of drawn(key, run)) entries.push(rowOf(member, true));
    at = end;
  }
  return entries;
}
