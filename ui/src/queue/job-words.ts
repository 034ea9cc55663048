/** Texts for what a job is doing, in the language of the page; the same everywhere. */
import { m } from '../paraglide/messages';
import type { Job, PauseReason } from '../platform';

/** The stages reported by the studio; `cutting` is only in logs of older versions. */
const STAGES: Record<string, () => string> = {
  looking: m.job_stage_looking,
  analysing: m.job_stage_analysing,
  cutting: m.job_stage_cutting,
  encoding: m.job_stage_encoding,
  'making footage': m.job_stage_sample,
  probing: m.job_stage_probing,
  copying: m.job_stage_copying,
  deleting: m.job_stage_deleting,
};

const PAUSES: Record<PauseReason, () => string> = {
  editor: m.job_paused_editor,
  queue: m.job_paused_queue,
  disk_full: m.job_paused_disk_full,
  folder_missing: m.job_paused_folder_missing,
  quit: m.job_paused_quit,
};

/** Why a job is paused, and how to resume it. */
export function pausedFor(reason: string | null): string {
  return PAUSES[reason as PauseReason]?.() ?? m.job_paused_editor();
}

/** The label of a stage. */
export function stageName(stage: string): string {
  return STAGES[stage]?.() ?? stage;
}

/** For a running, waiting or paused job. */
export function doing(job: Job): string {
  if (job.state === 'queued') return m.job_stage_waiting();
  if (job.state === 'paused') return pausedFor(job.pause_reason);
  return job.stage === null ? m.job_stage_starting() : stageName(job.stage);
}
