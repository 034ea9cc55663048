/**
 * Interprets the log of a job: stages of its last attempt with their durations,
 * and the gaps between its lines.
 */
import type { JobEvent } from '../platform';

export interface StageTime {
  stage: string;
  /** Time running, without pauses. */
  took_ms: number;
  /** Whether the job is in this stage. */
  current: boolean;
}

const BEGINS: ReadonlySet<JobEvent['event']> = new Set(['queued', 'requeued', 'retried']);
const STOPS: ReadonlySet<JobEvent['event']> = new Set([
  'paused',
  'interrupted',
  'done',
  'failed',
  'cancelled',
]);
const ENDS: ReadonlySet<JobEvent['event']> = new Set(['done', 'failed', 'cancelled']);

/** Stages of the last attempt, in order. `now` ends the one still running. */
export function stagesOf(log: readonly JobEvent[], now: number): StageTime[] {
  const from = log.findLastIndex((entry) => BEGINS.has(entry.event));
  const stages: StageTime[] = [];
  let since: number | null = null;
  const count = (until: number) => {
    const last = stages.at(-1);
    if (last && since !== null) last.took_ms += Math.max(0, until - since);
  };
  for (const { event, at_ms, words } of log.slice(Math.max(0, from))) {
    if (event === 'stage') {
      count(at_ms);
      stages.push({ stage: words ?? '', took_ms: 0, current: false });
      since = at_ms;
    } else if (event === 'resumed' || event === 'started') {
      since ??= at_ms;
    } else if (STOPS.has(event)) {
      count(at_ms);
      since = null;
    }
  }
  count(now);
  const last = stages.at(-1);
  if (last) last.current = !log.some((entry, at) => at > from && ENDS.has(entry.event));
  return merged(stages);
}

/** Merges a stage that is reported again, as after a pause. */
function merged(stages: readonly StageTime[]): StageTime[] {
  const found: StageTime[] = [];
  for (const stage of stages) {
    const last = found.at(-1);
    if (last?.stage === stage.stage) {
      last.took_ms += stage.took_ms;
      last.current = stage.current;
    } else found.push({ ...stage });
  }
  return found;
}

export interface LogDay {
  /** Some time of that day. */
  at_ms: number;
  lines: { entry: JobEvent; /** Since the line before; null for the first. */ after_ms: number | null }[];
}

/** The lines of a log, grouped by local day. */
export function daysOf(log: readonly JobEvent[]): LogDay[] {
  const days: LogDay[] = [];
  let before: JobEvent | null = null;
  for (const entry of log) {
    const day = new Date(entry.at_ms).toDateString();
    const known = days.at(-1);
    const line = { entry, after_ms: before === null ? null : entry.at_ms - before.at_ms };
    if (known && new Date(known.at_ms).toDateString() === day) known.lines.push(line);
    else days.push({ at_ms: entry.at_ms, lines: [line] });
    before = entry;
  }
  return days;
}
