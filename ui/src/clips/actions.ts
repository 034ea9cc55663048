/** Judging clips: each action shows at once and can be undone in order. */
import { changedTags } from '../lib/changes';
import { formatNumber } from '../lib/format';
import { m } from '../paraglide/messages';
import type { Clip } from '../platform';
import type { Live } from '../state/live';
import { toasts } from '../state/toasts.svelte';
import { type Judgements, judgementsOf, type Turned } from './judgements.svelte';

export class ClipActions {
  readonly judgements: Judgements;

  /** Undoes what was judged in a project, or in all of them. */
  constructor(
    live: Live,
    readonly project: string | null,
  ) {
    this.judgements = judgementsOf(live);
  }

  undo(): Turned {
    const undone = this.judgements.undo(this.project);
    if (undone.clips.length === 0) toasts.show(m.nothing_to_undo());
    return undone;
  }

  redo(): Turned {
    return this.judgements.redo(this.project);
  }

  async flag(clips: readonly Clip[], flag: Clip['flag']): Promise<void> {
    const changed = clips.filter((clip) => clip.flag !== flag);
    const back = await this.judgements.make(
      changed.map((clip) => ({ clip, before: { flag: clip.flag }, after: { flag } })),
    );
    if (!back || changed.length === 1) return;
    const { count } = back;
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
    await this.judgements.make(
      changed.map((clip) => ({ clip, before: { rating: clip.rating }, after: { rating } })),
    );
  }

  async tag(clips: readonly Clip[], tag: string): Promise<void> {
    const word = tag.trim();
    const has = (clip: Clip) => clip.tags.some((own) => own.toLowerCase() === word.toLowerCase());
    const changed = clips.filter((clip) => word !== '' && !has(clip));
    const back = await this.judgements.make(
      changed.map((clip) => ({ clip, before: { remove_tags: [word] }, after: { add_tags: [word] } })),
    );
    if (!back) return;
    const { count } = back;
    toasts.offerUndo(m.clips_were_tagged({ count, shown: formatNumber(count), tag: word }), back);
  }

  /** Gives a clip other tags. */
  async retag(clip: Clip, tags: string[]): Promise<void> {
    const after = changedTags(clip.tags, tags);
    if (Object.keys(after).length === 0) return;
    await this.judgements.make([{ clip, before: changedTags(tags, clip.tags), after }]);
  }

  async remove(clips: readonly Clip[]): Promise<void> {
    const gone = clips.map((clip) => ({ clip, before: { trashed: false }, after: { trashed: true } }));
    const back = await this.judgements.make(gone);
    if (!back) return;
    const { count } = back;
    toasts.offerUndo(m.rushes_deleted({ count, shown: formatNumber(count) }), back);
  }
}
