/** State of making clips in a project: the running job, or the outcome of the last one. */
import { isActive } from '../lib/jobs';
import type { Job } from '../platform';

const KINDS: ReadonlySet<Job['kind']> = new Set(['generate', 'generate_from_segments', 'sample']);
const WORTH_A_WORD: ReadonlySet<Job['state']> = new Set(['failed', 'interrupted']);

export interface Making {
  running: Job | null;
  /** The newest finished job, if the editor should be notified of it. */
  ended: Job | null;
}

export function makingOf(jobs: readonly Job[], project: string): Making {
  const mine = jobs
    .filter((job) => job.project_id === project && KINDS.has(job.kind))
    .toSorted((a, b) => b.created_at_ms - a.created_at_ms);
  const running = mine.find(isActive) ?? null;
  const last = mine[0];
  const ended = last && !running && (WORTH_A_WORD.has(last.state) || last.notes.length > 0) ? last : null;
  return { running, ended };
}

class MakingNotes {
  #asked = $state.raw<Record<string, number>>({});
  #dismissed = $state.raw<ReadonlySet<string>>(new Set());

  /** How many clips a job was asked for, as far as this window knows. */
  asked(job: string): number | null {
    return this.#asked[job] ?? null;
  }

  remember(job: string, count: number): void {
    this.#asked = { ...this.#asked, [job]: count };
  }

  dismissed(job: string): boolean {
    return this.#dismissed.has(job);
  }

  dismiss(job: string): void {
    this.#dismissed = new Set([...this.#dismissed, job]);
  }
}

export const makingNotes = new MakingNotes();
