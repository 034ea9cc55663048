/**
 * The clip as it is being edited. Every change shows at once, can be undone,
 * and is saved automatically after a pause.
 */
import { shiftCues } from '../lib/captions';
import { changedFields, changedTags, same } from '../lib/changes';
import {
  api,
  type CaptionStyle,
  type ClipDetail,
  type ClipPatch,
  type ContentPatch,
  type Cue,
  type Cut,
  type Framing,
} from '../platform';
import type { Live } from '../state/live';
import { toasts } from '../state/toasts.svelte';
import { lengthOf } from './edit-list';
import { History } from './history';

export interface Edited {
  name: string;
  tags: string[];
  cuts: Cut[];
  framing: Framing;
  muted: boolean;
  script: string;
  captions: Cue[];
  style: CaptionStyle;
}

export type SaveState = 'saved' | 'saving' | 'failed';

/** Pause after which changes are saved. */
const REST_MS = 400;
/** A pause in typing or dragging after which the next change is a separate undo step. */
const STEP_MS = 1200;

function editedOf({ clip, framing, content }: ClipDetail): Edited {
  const { name, tags, muted, cuts } = clip;
  return { name, tags, muted, cuts, framing, ...content };
}

/** All changes except texts, as a patch. */
function clipPatch(before: Edited, after: Edited): ClipPatch {
  const { name, cuts, framing, tags } = changedFields(before, after);
  return {
    ...(name !== undefined && { name }),
    ...(cuts && { cuts }),
    ...(framing && { framing: changedFields(before.framing, framing) }),
    ...(tags && changedTags(before.tags, tags)),
  };
}

/** The changed texts, as a patch; `known` are the captions the library has now. */
function contentPatch(before: Edited, after: Edited, known: readonly Cue[]): ContentPatch {
  const { script, style } = changedFields(before, after);
  // Captions that only moved with their frames have moved in the library as well.
  const moved = (before.cuts[0]?.in_us ?? 0) - (after.cuts[0]?.in_us ?? 0);
  const followed = same(before.cuts, after.cuts)
    ? before.captions
    : shiftCues(before.captions, moved, lengthOf(after.cuts));
  const captions = same(after.captions, followed) || same(after.captions, known) ? null : after.captions;
  return {
    ...(script !== undefined && { script }),
    ...(captions && { captions }),
    ...(style && { style: changedFields(before.style, style) }),
  };
}

const isEmpty = (patch: object): boolean => Object.keys(patch).length === 0;

export class Draft {
  value = $state.raw<Edited>() as Edited;
  state = $state<SaveState>('saved');
  canUndo = $state(false);
  canRedo = $state(false);

  #history: History<Edited>;
  #saved: Edited;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sealing: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;

  constructor(
    readonly live: Live,
    readonly id: string,
    detail: ClipDetail,
  ) {
    this.#saved = editedOf(detail);
    this.#history = new History(this.#saved);
    this.value = this.#saved;
  }

  /** Changes of the same kind in close succession are one undo step. */
  edit(patch: Partial<Edited>, kind: string | null = null): void {
    this.#history.push({ ...this.value, ...patch }, kind);
    this.#show();
    clearTimeout(this.#sealing);
    if (kind !== null) this.#sealing = setTimeout(() => this.seal(), STEP_MS);
  }

  /** Ends a gesture: the next change is a separate step. */
  seal(): void {
    this.#history.seal();
  }

  undo(): void {
    if (this.#history.undo() !== undefined) this.#show();
  }

  redo(): void {
    if (this.#history.redo() !== undefined) this.#show();
  }

  /** Takes what the library corrected or another window changed, unless own changes are being saved. */
  adopt(detail: ClipDetail): void {
    const theirs = editedOf(detail);
    if (this.#sending || !same(this.value, this.#saved) || same(theirs, this.#saved)) return;
    this.#saved = theirs;
    this.#history.replace(theirs);
    this.value = theirs;
  }

  /** Saves pending changes; resolves once the library has them. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#sending ??= this.#send().finally(() => (this.#sending = null));
    return this.#sending;
  }

  #show(): void {
    this.value = this.#history.present;
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    this.state = 'saving';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), REST_MS);
  }

  async #send(): Promise<void> {
    const { epoch } = toasts;
    try {
      // Changes made during a save are sent next.
      while (!same(this.value, this.#saved)) {
        const sent = this.value;
        await this.#commands(this.#saved, sent);
        this.#saved = sent;
      }
      this.state = 'saved';
    } catch (thrown) {
      this.state = 'failed';
      if (epoch === toasts.epoch) toasts.failure(thrown);
    } finally {
      this.live.mark(['clip', this.id]);
    }
  }

  async #commands(before: Edited, after: Edited): Promise<void> {
    const { id, live } = this;
    const patch = clipPatch(before, after);
    const { name, tags, muted, cuts, framing, script, captions, style } = after;
    const work = async () => {
      let known = before.captions;
      if (!isEmpty(patch)) known = (await api.updateClip(id, patch)).content.captions;
      if (muted !== before.muted) await (muted ? api.removeClipAudio(id) : api.restoreClipAudio(id));
      const content = contentPatch(before, after, known);
      if (!isEmpty(content)) await api.updateClipContent(id, content);
    };
    // A response to an earlier request must not undo what is written by now.
    const duration_us = lengthOf(cuts);
    await live.changeClips([id], (clip) => ({ ...clip, name, tags, muted, cuts, duration_us }), work, {
      framing,
      content: { script, captions, style },
    });
  }
}
