/**
 * The clip as the editor is changing it. Every change shows at once, can be
 * taken back, and goes to the library by itself when the hand rests.
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

/** How long the hand rests before what it did is sent. */
const REST_MS = 400;
/** A pause in typing or dragging that makes the next change a step of its own. */
const STEP_MS = 1200;

function editedOf({ clip, cuts, framing, content }: ClipDetail): Edited {
  const { name, tags, muted } = clip;
  return { name, tags, muted, cuts, framing, ...content };
}

/** What differs of all but the words, as a patch. */
function clipPatch(before: Edited, after: Edited): ClipPatch {
  const { name, cuts, framing, tags } = changedFields(before, after);
  return {
    ...(name !== undefined && { name }),
    ...(cuts && { cuts }),
    ...(framing && { framing: changedFields(before.framing, framing) }),
    ...(tags && changedTags(before.tags, tags)),
  };
}

/** What differs of the words, as a patch; `known` are the captions that the library has by now. */
function contentPatch(before: Edited, after: Edited, known: readonly Cue[]): ContentPatch {
  const { script, style } = changedFields(before, after);
  // Those that only went with their pictures went with them in the library as well.
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
  /** Whether what was sent makes the library cut the file for viewing anew. */
  recut = $state(false);

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

  /** Changes of the same kind that follow each other closely are one step back. */
  edit(patch: Partial<Edited>, kind: string | null = null): void {
    this.#history.push({ ...this.value, ...patch }, kind);
    this.#show();
    clearTimeout(this.#sealing);
    if (kind !== null) this.#sealing = setTimeout(() => this.seal(), STEP_MS);
  }

  /** Ends a gesture: what comes next is another step. */
  seal(): void {
    this.#history.seal();
  }

  undo(): void {
    if (this.#history.undo() !== undefined) this.#show();
  }

  redo(): void {
    if (this.#history.redo() !== undefined) this.#show();
  }

  /** Takes what the library put right or another window changed, where nothing of one's own is on its way. */
  adopt(detail: ClipDetail): void {
    const theirs = editedOf(detail);
    if (this.#sending || !same(this.value, this.#saved) || same(theirs, this.#saved)) return;
    this.#saved = theirs;
    this.#history.replace(theirs);
    this.value = theirs;
  }

  /** Sends what was not sent yet; ready when the library has it. */
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
      // What is changed while something is on its way goes next.
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
    // An answer that was asked for before must not take back what is written by now.
    await live.changeClips([id], (clip) => ({ ...clip, name, tags, muted }), work, {
      cuts,
      framing,
      content: { script, captions, style },
    });
    if ('cuts' in patch || muted !== before.muted) this.recut = true;
  }
}
