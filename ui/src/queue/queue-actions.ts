/** Actions on the queue and its jobs; every response shows without waiting for its event. */
import { failureWords, noticeWords } from '../lib/notices';
import { m } from '../paraglide/messages';
import { api, type ItemOutcome, type Job, type QueueStatus } from '../platform';
import type { Live } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

export interface QueueActions {
  hold(): Promise<void>;
  release(): Promise<void>;
  pause(job: Job): Promise<void>;
  goOn(job: Job): Promise<void>;
  cancel(job: Job): Promise<void>;
  /** The new job that retries it. */
  retry(job: Job): Promise<Job | undefined>;
  retryFailed(): Promise<void>;
  cancelBatch(id: string): Promise<void>;
  cancelAll(jobs: readonly Job[]): Promise<void>;
  goOnAll(jobs: readonly Job[]): Promise<void>;
  /** Moves a waiting job before another; `order` is the resulting order. */
  move(id: string, before: string | null, order: readonly string[]): Promise<void>;
}

export function queueActions(live: Live): QueueActions {
  const take = (job: Job) => live.takeJob(job);

  async function settle(work: () => Promise<Job>): Promise<Job | undefined> {
    const job = await attempt(work);
    if (job) take(job);
    return job;
  }

  async function whole(work: () => Promise<QueueStatus>): Promise<void> {
    const status = await attempt(work);
    if (status) live.setQueue(status);
  }

  function tellRefused(refused: readonly string[]): void {
    const [first, ...rest] = refused;
    if (first !== undefined) toasts.show(first, { lines: rest, tone: 'bad' });
  }

  async function each(jobs: readonly Job[], work: (job: Job) => Promise<Job>): Promise<void> {
    const refused: string[] = [];
    for (const job of jobs) {
      try {
        take(await work(job));
      } catch (thrown) {
        refused.push(`${job.title}: ${failureWords(thrown)}`);
      }
    }
    tellRefused(refused);
  }

  const goOn = (job: Job) => (job.state === 'interrupted' ? api.retryJob(job.id) : api.resumeJob(job.id));

  return {
    hold: () => whole(() => api.holdQueue()),
    release: () => whole(() => api.releaseQueue()),
    pause: async (job) => void (await settle(() => api.pauseJob(job.id))),
    goOn: async (job) => void (await settle(() => goOn(job))),
    cancel: async (job) => void (await settle(() => api.cancelJob(job.id))),
    retry: (job) => settle(() => api.retryJob(job.id)),
    async retryFailed() {
      const outcomes: ItemOutcome<Job>[] = (await attempt(() => api.retryFailedJobs())) ?? [];
      for (const { done } of outcomes) if (done) take(done);
      if (outcomes.length === 0) toasts.show(m.queue_nothing_failed());
      tellRefused(outcomes.flatMap(({ refused }) => (refused ? [noticeWords(refused.notice)] : [])));
    },
    async cancelBatch(id) {
      for (const job of (await attempt(() => api.cancelBatch(id))) ?? []) take(job);
    },
    cancelAll: (jobs) => each(jobs, (job) => api.cancelJob(job.id)),
    goOnAll: (jobs) => each(jobs, goOn),
    async move(id, before, order) {
      await attempt(() => live.orderJobs(order, () => api.moveJob(id, before)));
      // Only the library knows the positions of all of them.
      live.mark(['jobs']);
    },
  };
}
