import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../platform';
import { daysOf, stagesOf } from './job-log';

const log = (...entries: [seconds: number, event: JobEvent['event'], words?: string][]): JobEvent[] =>
  entries.map(([s, event, words], at) => ({
    number: at + 1,
    at_ms: s * 1000,
    event,
    words: words ?? null,
    notices: [],
  }));

describe('the stages of a job', () => {
  it('take as long as from one to the next', () => {
    const stages = stagesOf(
      log([0, 'queued'], [5, 'started'], [6, 'stage', 'cutting'], [10, 'stage', 'encoding'], [22, 'done']),
      99_000,
    );
    expect(stages).toEqual([
      { stage: 'cutting', took_ms: 4_000, current: false },
      { stage: 'encoding', took_ms: 12_000, current: false },
    ]);
  });

  it('leave out pauses, and go on with the one that was left', () => {
    const stages = stagesOf(
      log(
        [0, 'started'],
        [1, 'stage', 'encoding'],
        [4, 'paused', 'editor'],
        [60, 'resumed'],
        [61, 'stage', 'encoding'],
      ),
      65_000,
    );
    expect(stages).toEqual([{ stage: 'encoding', took_ms: 8_000, current: true }]);
  });

  it('are those of the last attempt', () => {
    const stages = stagesOf(
      log(
        [0, 'queued'],
        [1, 'stage', 'cutting'],
        [3, 'interrupted'],
        [9, 'requeued'],
        [10, 'stage', 'encoding'],
      ),
      12_000,
    );
    expect(stages.map(({ stage }) => stage)).toEqual(['encoding']);
  });
});

describe('the log of a job', () => {
  it('tells the wait before each line, across days', () => {
    const days = daysOf(log([0, 'queued'], [3, 'started'], [200_000, 'done']));
    expect(days.map((day) => day.lines.map((line) => line.after_ms))).toEqual([[null, 3_000], [199_997_000]]);
  });
});
