/** What a job is doing, in the language of the page; the same words wherever it is shown. */
import { m } from '../paraglide/messages';
import type { Job } from '../platform';

/** The stages that the studio reports. */
const STAGES: Record<string, () => string> = {
  looking: m.job_stage_looking,
  analysing: m.job_stage_analysing,
  cutting: m.job_stage_cutting,
  encoding: m.job_stage_encoding,
  'making footage': m.job_stage_sample,
};

/** Of a job that runs or waits. */
export function doing(job: Job): string {
  if (job.state === 'queued') return m.job_stage_waiting();
  return job.stage === null ? m.job_stage_starting() : (STAGES[job.stage]?.() ?? job.stage);
}
