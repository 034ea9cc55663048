/** Judging clips one after the other: the current clip, the decisions, and undo. */
import { Judged } from '../clips/judged';
import { changedTags } from '../lib/changes';
import { m } from '../paraglide/messages';
import { api, type Clip } from '../platform';
import type { Live } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

type Verdict = Pick<Clip, 'flag' | 'rating'>;

/** The fields changed by a verdict: the rest keeps whatever another window sets. */
interface Decision {
  id: string;
  before: Partial<Verdict>;
  after: Partial<Verdict>;
}

/** How many neighbours are preloaded in each direction. */
const AHEAD = 3;
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
  #live: Live;
  #past = $state.raw<Decision[]>([]);
  #future: Decision[] = [];
  /** The clip that a verdict just advanced from. */
  #judged = new Judged<string>();
  /** Changes are sent one after the other: two quick keys must not overtake each other. */
  #sending: Promise<unknown> = Promise.resolve();

  constructor(live: Live, clips: () => readonly Clip[], advances: () => boolean, first: string | null) {
    this.#live = live;
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
  readonly canUndo = $derived.by(() => this.#past.length > 0);

  /** The clip on one side, with the neighbours to preload. */
  shown(side: Side): Clip | null {
    return side === this.active ? this.current : this.#at(side);
  }

  near(side: Side): readonly Clip[] {
    const shown = this.shown(side);
    if (!shown) return [];
    if (side !== this.active) return [shown];
    const ready = this.clips.slice(Math.max(0, this.index - BEHIND), this.index + AHEAD + 1);
    return ready.filter((clip) => clip.preview_state === 'ready' || clip.id === shown.id);
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
    this.#decide(clip, 'flag', { flag });
    if (!this.#goOn()) return;
    this.#judged.remember(clip.id);
  }

  rate(rating: number): void {
    const judged = this.clips.find((clip) => clip.id === this.#judged.fresh);
    const clip = judged ?? this.#open;
    if (!clip) return;
    this.#decide(clip, 'rating', { rating });
    if (!judged) this.#goOn();
  }

  undo(): void {
    const last = this.#past.at(-1);
    if (!last) return toasts.show(m.nothing_to_undo());
    this.#past = this.#past.slice(0, -1);
    this.#future.push(last);
    this.go(last.id);
    this.#send(last.id, last.before);
  }

  redo(): void {
    const next = this.#future.pop();
    if (!next) return;
    this.#past = [...this.#past, next];
    this.go(next.id);
    this.#send(next.id, next.after);
  }

  retag(id: string, tags: string[]): void {
    const before = this.clips.find((clip) => clip.id === id)?.tags ?? [];
    const work = () => this.#inTurn(() => api.updateClip(id, changedTags(before, tags)));
    void attempt(() => this.#live.changeClips([id], (clip) => ({ ...clip, tags }), work));
  }

  #at(side: Side): Clip | null {
    const id = this.sides[side];
    return this.clips.find((clip) => clip.id === id) ?? null;
  }

  /** The clip a verdict applies to; none at the summary. */
  get #open(): Clip | null {
    return this.finished ? null : this.current;
  }

  #decide(clip: Clip, part: keyof Verdict, after: Partial<Verdict>): void {
    if (after[part] === clip[part]) return;
    const before = { [part]: clip[part] };
    this.#past = [...this.#past, { id: clip.id, before, after }];
    this.#future = [];
    this.#send(clip.id, after);
  }

  /** Advances after a verdict if that is enabled; returns whether it did. */
  #goOn(): boolean {
    if (!this.#advances() || this.comparing) return false;
    this.step(1);
    return true;
  }

  #send(id: string, verdict: Partial<Verdict>): void {
    const work = () => this.#inTurn(() => api.updateClip(id, verdict));
    void attempt(() => this.#live.changeClips([id], (clip) => ({ ...clip, ...verdict }), work));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#sending.then(work);
    this.#sending = turn.catch(() => undefined);
    return turn;
  }
}
