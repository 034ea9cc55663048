/** Making files of clips and showing them, and reporting the outcome. */
import { formatNumber } from '../lib/format';
import { noticeWords } from '../lib/notices';
import { m } from '../paraglide/messages';
import { api, type Clip } from '../platform';
import { attempt, toasts } from '../state/toasts.svelte';

export async function showFile(clip: Clip): Promise<void> {
  await attempt(() => api.revealClip(clip.id));
}

/** Queues the files of those clips that have none. */
export async function makeFiles(clips: readonly Clip[]): Promise<void> {
  const ids = clips.filter((clip) => !clip.has_file).map(({ id }) => id);
  const outcomes = (await attempt(() => api.makeClipFiles(ids))) ?? [];
  const queued = outcomes.filter(({ done }) => done !== null).length;
  const refused = outcomes.flatMap((outcome) => outcome.refused ?? []);
  if (queued > 0) {
    toasts.show(m.clip_files_queued({ count: queued, shown: formatNumber(queued) }), {
      action: { label: m.show_queue(), to: { at: 'queue' } },
    });
  }
  if (refused.length > 0) {
    const reasons = new Set(refused.map(({ notice }) => noticeWords(notice)));
    toasts.show(m.clip_files_refused({ count: refused.length, shown: formatNumber(refused.length) }), {
      lines: [...reasons],
      tone: 'bad',
    });
  }
}
