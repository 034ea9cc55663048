/** Copying to the clipboard, with a notification of the result. */
import { copyText } from '../lib/clipboard';
import { diagnosticsOf } from '../lib/jobs';
import { m } from '../paraglide/messages';
import type { Job } from '../platform';
import { ffmpeg } from './ffmpeg.svelte';
import { preferences } from './settings.svelte';
import { toasts } from './toasts.svelte';

export async function copy(text: string, said: string): Promise<void> {
  if (await copyText(text)) toasts.show(said);
  else toasts.show(m.copy_failed(), { tone: 'bad' });
}

/** The details for a report of a failed job. */
export function copyDiagnostics(job: Job): Promise<void> {
  const { info } = preferences;
  const machine = {
    version: info?.version ?? '',
    platform: info?.platform ?? '',
    ffmpeg: ffmpeg.status?.version ?? null,
  };
  return copy(diagnosticsOf(job, machine), m.diagnostics_copied());
}
