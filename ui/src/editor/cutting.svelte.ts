/**
 * Trimming a clip. There are two time bases: the clip's (0 is its first frame),
 * and the timeline's, which is fixed while an end is dragged.
 */
import { shiftCues } from '../lib/captions';
import type { Cue, Cut, Source } from '../platform';
import type { Draft } from './draft.svelte';
import { lengthOf, moveEnd } from './edit-list';

export type End = 'in' | 'out';

interface Anchor {
  cuts: readonly Cut[];
  captions: readonly Cue[];
}

export class Cutting {
  #draft: Draft;
  #sources: () => readonly Source[];
  #anchor = $state.raw<Anchor | null>(null);

  constructor(draft: Draft, sources: () => readonly Source[]) {
    this.#draft = draft;
    this.#sources = sources;
  }

  readonly duration = $derived.by(() => lengthOf(this.#draft.value.cuts));
  /** The cuts that the timeline is laid out for. */
  readonly anchored = $derived.by((): readonly Cut[] => this.#anchor?.cuts ?? this.#draft.value.cuts);
  /** Where the clip starts on the timeline: 0 except during a drag. */
  readonly offset = $derived.by(() => this.#startOf(this.#draft.value.cuts) - this.#startOf(this.anchored));

  get dragging(): boolean {
    return this.#anchor !== null;
  }

  /** How far an end can still be moved outwards. */
  room(end: End): number {
    if (end === 'in') return this.#startOf(this.anchored);
    const last = this.anchored.at(-1);
    return last ? Math.max(0, this.#lengthOfSource(last) - last.out_us) : 0;
  }

  begin(): void {
    const { cuts, captions } = this.#draft.value;
    this.#anchor = { cuts, captions };
  }

  /** Moves an end from where it was at the start of the drag; captions stay with their frames. */
  trim(end: End, by_us: number): void {
    if (!this.#anchor) return;
    const { cuts: before, captions } = this.#anchor;
    const edge = end === 'in' ? before[0] : before.at(-1);
    if (!edge) return;
    const cuts = moveEnd(before, end, Math.round(by_us), this.#lengthOfSource(edge));
    const moved = end === 'in' ? this.#startOf(before) - this.#startOf(cuts) : 0;
    this.#draft.edit({ cuts, captions: shiftCues(captions, moved, lengthOf(cuts)) }, `trim-${end}`);
  }

  finish(): void {
    this.#anchor = null;
    this.#draft.seal();
  }

  /** One press of a key. */
  nudge(end: End, by_us: number): void {
    this.begin();
    this.trim(end, by_us);
    this.#anchor = null;
  }

  #startOf(cuts: readonly Cut[]): number {
    return cuts[0]?.in_us ?? 0;
  }

  #lengthOfSource(cut: Cut): number {
    const source = this.#sources().find((candidate) => candidate.id === cut.source_id);
    return source?.facts.duration_us ?? cut.out_us;
  }
}
