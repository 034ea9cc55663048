/**
 * The analysis of the source on the screen. If it is missing, incomplete or
 * outdated, it is started automatically, once.
 */
import { createQuery } from '@tanstack/svelte-query';
import { untrack } from 'svelte';
import { isActive } from '../lib/jobs';
import { failureWords, noticeWords } from '../lib/notices';
import { m } from '../paraglide/messages';
import { api, type Job, type Source, type SourceAnalysis } from '../platform';
import { useLive } from '../state/context';
import { queries } from '../state/queries';

export interface Looking {
  readonly known: SourceAnalysis | null;
  /** When that was last received: images of the source may be new since. */
  readonly heard_ms: number;
  /** The analysis job, while it is active. */
  readonly job: Job | null;
  /** Why it cannot be analysed, as a message for the editor. */
  readonly problem: string | null;
  again(): void;
}

/** Call during component initialisation. */
export function useAnalysis(source: () => Source | undefined): Looking {
  const live = useLive();
  const id = $derived(source()?.id ?? '');
  /** A source that was relinked to another video is analysed again. */
  const film = $derived(`${id} ${source()?.fingerprint ?? ''}`);
  const query = createQuery(() => ({ ...queries.analysis(id), enabled: id !== '' }));
  const jobs = createQuery(() => queries.jobs());
  /** The job started for a source, as it was then. */
  let begun = $state.raw<{ film: string; job: Job | null; problem: string | null } | null>(null);

  const mine = $derived(begun?.film === film ? begun : null);
  const job = $derived(jobs.data?.find((each) => each.id === mine?.job?.id) ?? mine?.job ?? null);

  async function begin(): Promise<void> {
    const [of, source] = [film, id];
    begun = { film: of, job: null, problem: null };
    try {
      const job = await api.analyseSource(source);
      if (begun.film === of) begun = { film: of, job, problem: null };
      live.takeJob(job);
    } catch (thrown) {
      if (begun.film === of) begun = { film: of, job: null, problem: failureWords(thrown) };
    }
  }

  $effect(() => {
    const lacking = query.isSuccess && (query.data?.detail !== 'full' || query.data.outdated);
    const ready = source()?.state === 'ready';
    if (lacking && ready && mine === null) untrack(() => void begin());
  });

  return {
    get known() {
      return query.data ?? null;
    },
    get heard_ms() {
      return query.dataUpdatedAt;
    },
    get job() {
      return job && isActive(job) ? job : null;
    },
    get problem() {
      if (query.data?.detail === 'full') return null;
      if (mine?.problem) return mine.problem;
      if (query.isError && !query.data) return failureWords(query.error);
      switch (job?.state) {
        case 'failed':
          return job.error ? noticeWords(job.error) : m.looking_failed();
        case 'cancelled':
        case 'interrupted':
          return m.looking_stopped();
        default:
          return null;
      }
    },
    again() {
      if (query.isError) void query.refetch();
      void begin();
    },
  };
}
