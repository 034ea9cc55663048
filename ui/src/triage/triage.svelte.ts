/** Judging clips one after the other: the current clip, and which comes next. */
import type { ClipActions } from '../clips/actions';
import { Judged } from '../clips/judged';
import type { Clip } from '../platform';

/** How many neighbours are preloaded in each direction. */
const AHEAD = 2;
const BEHIND = 1;

export type Side = 0 | 1;

export class Triage {
  /** The clips on the screen: one, or two to compare. */
  sides = $state<[string | null, string | null]>([null, null]);
  /** Which of the two the keys act on. */
  active = $state<Side>(0);
  /** Past the last clip: the summary. */
  finished = $state(false);

  /** Last index of the current clip, for when it leaves the list. */
  #place = 0;
  #clips: () => readonly Clip[];
  #advances: () => boolean;
  /** The clip that a verdict just advanced from. */
  #judged = new Judged<string>();

  constructor(
    readonly actions: ClipActions,
    clips: () => readonly Clip[],
    advances: () => boolean,
    first: string | null,
  ) {
    this.#clips = clips;
    this.#advances = advances;
    const begin = first ?? clips().find((clip) => clip.flag === 'unflagged')?.id ?? null;
    this.sides = [begin, null];
  }

  get clips(): readonly Clip[] {
    return this.#clips();
  }

  get comparing(): boolean {
    return this.sides[1] !== null;
  }

  /** The current clip; its replacement if it is gone. */
  readonly current = $derived.by(
    (): Clip | null =>
      this.#at(this.active) ?? this.clips[Math.min(this.#place, this.clips.length - 1)] ?? null,
  );
  readonly index = $derived.by(() => this.clips.findIndex((clip) => clip.id === this.current?.id));
  readonly left = $derived.by(() => this.clips.filter((clip) => clip.flag === 'unflagged').length);
  readonly picked = $derived.by(() => this.clips.filter((clip) => clip.flag === 'picked'));
  readonly canUndo = $derived.by(() => this.actions.judgements.canUndo(this.actions.project));

  /** The clip on one side. */
  shown(side: Side): Clip | null {
    return side === this.active ? this.current : this.#at(side);
  }

  /** The neighbours to load ahead, the next one first. */
  near(side: Side): readonly Clip[] {
    const shown = this.shown(side);
    if (!shown) return [];
    if (side !== this.active) return [];
    const before = this.clips.slice(Math.max(0, this.index - BEHIND), this.index);
    return [...this.clips.slice(this.index + 1, this.index + AHEAD + 1), ...before];
  }

  go(id: string): void {
    this.#judged.forget();
    this.finished = false;
    // The same clip on both sides would be no comparison: activate the other
    // side instead.
    const other: Side = this.active === 0 ? 1 : 0;
    if (this.comparing && this.sides[other] === id) this.active = other;
    else this.sides[this.active] = id;
    this.#place = this.index;
  }

  step(by: 1 | -1): void {
    this.#judged.forget();
    if (this.finished) {
      if (by < 0) this.finished = false;
      return;
    }
    const other = this.comparing ? this.sides[this.active === 0 ? 1 : 0] : null;
    let at = this.index + by;
    if (this.clips[at]?.id === other) at += by;
    const next = this.clips[at];
    if (next) {
      this.sides[this.active] = next.id;
      this.#place = at;
    } else if (by > 0 && !this.comparing) {
      this.finished = true;
    }
  }

  /** To the next unjudged clip, from here on and then from the start. */
  nextUnjudged(): void {
    const order = [...this.clips.slice(this.index + 1), ...this.clips.slice(0, this.index + 1)];
    const next = order.find((clip) => clip.flag === 'unflagged');
    if (next) this.go(next.id);
    else this.finished = true;
  }

  compare(): void {
    this.#judged.forget();
    if (this.comparing) {
      this.sides = [this.current?.id ?? null, null];
      this.active = 0;
      return;
    }
    const here = this.current;
    const beside = this.clips[this.index + 1] ?? this.clips[this.index - 1];
    if (!here || !beside) return;
    this.sides = [here.id, beside.id];
    this.active = 1;
  }

  /** Makes the other side the active one. */
  activate(side: Side): void {
    if (this.comparing) this.active = side;
  }

  flag(flag: Clip['flag']): void {
    const clip = this.#open;
    if (!clip) return;
    void this.actions.flag([clip], flag);
    if (!this.#goOn()) return;
    this.#judged.remember(clip.id);
  }

  rate(rating: number): void {
    const judged = this.clips.find((clip) => clip.id === this.#judged.fresh);
    const clip = judged ?? this.#open;
    if (!clip) return;
    void this.actions.rate([clip], rating);
    if (!judged) this.#goOn();
  }

  undo(): void {
    this.#show(this.actions.undo().clips);
  }

  redo(): void {
    this.#show(this.actions.redo().clips);
  }

  /** Returns to a clip whose verdict changed; of many, none is the one to see. */
  #show(clips: readonly Clip[]): void {
    const [clip, more] = clips;
    if (clip && !more && this.clips.some((one) => one.id === clip.id)) this.go(clip.id);
  }

  #at(side: Side): Clip | null {
    const id = this.sides[side];
    return this.clips.find((clip) => clip.id === id) ?? null;
  }

  /** The clip a verdict applies to; none at the summary. */
  get #open(): Clip | null {
    return this.finished ? null : this.current;
  }

  /** Advances after a verdict if that is enabled; returns whether it did. */
  #goOn(): boolean {
    if (!this.#advances() || this.comparing) return false;
    this.step(1);
    return true;
  }
}
