/** Bulk actions on clips: each shows at once and can be undone in order. */
import { formatNumber } from '../lib/format';
import { noticeWords } from '../lib/notices';
import { type Step, UndoStack } from '../lib/undo';
import { m } from '../paraglide/messages';
import { api, type Clip, type ClipPatch, type ItemOutcome } from '../platform';
import type { Live } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

/** Parallel calls for commands without a bulk version. */
const AT_ONCE = 8;
/** Refused clips that are named; the toast counts the rest. */
const NAMED = 5;

/** A change of one clip: how it shows at once, and the call that makes it. */
interface Edit {
  shown: Partial<Clip>;
  patch: ClipPatch;
}

async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<void> {
  const waiting = [...ids];
  const lane = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await work(id);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, lane));
}

function refusedOf(outcomes: readonly ItemOutcome<unknown>[], clips: readonly Clip[]): string[] {
  const names = new Map(clips.map((clip) => [clip.id, clip.name]));
  return outcomes.flatMap(({ item, refused }) =>
    refused === null ? [] : [`${names.get(item) ?? ''}: ${noticeWords(refused.notice)}`],
  );
}

export class ClipActions {
  /** The undo stack may be shared, and outlive the screen. */
  constructor(
    readonly live: Live,
    readonly steps = new UndoStack(),
  ) {}

  async undo(): Promise<void> {
    if (this.steps.empty) toasts.show(m.nothing_to_undo());
    else await attempt(() => this.steps.undo());
  }

  async flag(clips: readonly Clip[], flag: Clip['flag']): Promise<void> {
    const changed = clips.filter((clip) => clip.flag !== flag);
    if (changed.length === 0) return;
    if (!(await attempt(() => this.#flag(changed, flag).then(() => true)))) return;
    const back = this.steps.push(async () => {
      for (const before of ['picked', 'rejected', 'unflagged'] as const) {
        const those = changed.filter((clip) => clip.flag === before);
        if (those.length > 0) await this.#flag(those, before);
      }
    });
    const count = changed.length;
    if (count === 1) return;
    const shown = formatNumber(count);
    const text = {
      picked: m.clips_were_picked,
      rejected: m.clips_were_rejected,
      unflagged: m.clips_were_unflagged,
    }[flag]({ count, shown });
    toasts.offerUndo(text, back);
  }

  async rate(clips: readonly Clip[], rating: number): Promise<void> {
    const changed = clips.filter((clip) => clip.rating !== rating);
    await this.#change(
      changed,
      () => ({ shown: { rating }, patch: { rating } }),
      (clip) => ({ shown: { rating: clip.rating }, patch: { rating: clip.rating } }),
    );
  }

  async tag(clips: readonly Clip[], tag: string): Promise<void> {
    const word = tag.trim();
    const has = (clip: Clip) => clip.tags.some((own) => own.toLowerCase() === word.toLowerCase());
    const changed = clips.filter((clip) => word !== '' && !has(clip));
    const back = await this.#change(
      changed,
      (clip) => ({ shown: { tags: [...clip.tags, word] }, patch: { add_tags: [word] } }),
      (clip) => ({ shown: { tags: clip.tags }, patch: { remove_tags: [word] } }),
    );
    if (!back) return;
    const text = m.clips_were_tagged({
      count: changed.length,
      shown: formatNumber(changed.length),
      tag: word,
    });
    toasts.offerUndo(text, back);
  }

  async remove(clips: readonly Clip[]): Promise<void> {
    if (clips.length === 0) return;
    const ids = clips.map((clip) => clip.id);
    const outcomes = await attempt(() => this.live.dropClips(ids, () => api.bulkDeleteClips(ids)));
    this.#refresh();
    if (!outcomes) return;
    this.#tellRefused(outcomes, clips);
    const gone = outcomes.filter((outcome) => outcome.refused === null).map((outcome) => outcome.item);
    if (gone.length === 0) return;
    const back = this.steps.push(async () => {
      await api.restoreClips(gone);
      this.#refresh();
    });
    toasts.offerUndo(m.rushes_deleted({ count: gone.length, shown: formatNumber(gone.length) }), back);
  }

  async #flag(clips: readonly Clip[], flag: Clip['flag']): Promise<void> {
    const ids = clips.map((clip) => clip.id);
    const outcomes = await this.live.changeClips(
      ids,
      (clip) => ({ ...clip, flag }),
      () => api.bulkSelectClips(ids, flag),
    );
    this.#tellRefused(outcomes, clips);
  }

  /** Changes each clip individually and remembers its previous state. */
  async #change(
    clips: readonly Clip[],
    after: (clip: Clip) => Edit,
    before: (clip: Clip) => Edit,
  ): Promise<Step | null> {
    if (clips.length === 0) return null;
    const apply = async (edit: typeof after) => {
      const edits = new Map(clips.map((clip) => [clip.id, edit(clip)]));
      await this.live.changeClips(
        [...edits.keys()],
        (clip) => ({ ...clip, ...edits.get(clip.id)?.shown }),
        () => each([...edits.keys()], (id) => api.updateClip(id, edits.get(id)?.patch ?? {})),
      );
    };
    if (!(await attempt(() => apply(after).then(() => true)))) return null;
    return this.steps.push(() => apply(before));
  }

  /** Refetches lists after something was removed, restored or refused. */
  #refresh(): void {
    this.live.mark(['clips'], ['clip'], ['projects'], ['project'], ['overview']);
  }

  #tellRefused(outcomes: readonly ItemOutcome<unknown>[], clips: readonly Clip[]): void {
    const refused = refusedOf(outcomes, clips);
    if (refused.length === 0) return;
    this.#refresh();
    toasts.show(m.clips_refused({ count: refused.length, shown: formatNumber(refused.length) }), {
      lines: refused.slice(0, NAMED),
      tone: 'warn',
    });
  }
}
