/**
 * Plays the pieces of an edit list from the footage itself. The next piece
 * stands ready in a video element of its own, which starts just before it is
 * shown. Pictures follow the clock of the clip's sound; without it, that of the
 * footage on screen.
 */
import { untrack } from 'svelte';
import type { Size } from '../lib/framing';
import { lastMoment } from './film';
import { Head } from './head.svelte';
import { distribute, isAt, type Place } from './heads';
import { type Playback, shuttled } from './playback';
import { SoundTrack } from './sound-track';
import { HAIR_S, momentIn, momentOf, type Piece, pieceAt, samePieces, type Take } from './take';

/** Video elements at once: each decodes, and keeps some frames. */
const MOST_HEADS = 6;
/** Pause after which the neighbours are prepared, so that quick steps load only what is shown. */
const REST_MS = 150;
/** Pause after which the sound of a clip is asked for. */
const SOUND_REST_MS = 120;
/** How long the picture before stays beneath: less than until its film may be moved. */
const UNDER_MS = 100;
/** Up to this speed there is sound; above it is only noise. */
const HEARD_UP_TO = 2;
/** How long a video element takes from being asked to play until it does, at first. */
const LEAD_S = 0.04;
/** How much a new measurement of that counts, and its limit. */
const LEARNED = 0.3;
const LEAD_MOST_S = 0.25;
/** How long before the end of a piece it is left: what the page draws now is seen a little later. */
const EARLY_S = 0.008;
/** What is due within this time is done now. */
const TICK_S = 0.002;

/** What is learned of the lead holds for all reels: they play on the same machine. */
let lead = LEAD_S;

export class Reel implements Playback {
  time = $state(0);
  speed = $state(0);
  muted = $state(false);
  take = $state.raw<Take | null>(null);
  heads = $state.raw<readonly Head[]>([]);
  /** The one that is shown. */
  front = $state.raw<Head | null>(null);
  /** The one before, which stays beneath for a moment: a film that starts may draw nothing at first. */
  under = $state.raw<Head | null>(null);
  /** Whether the editor wants it to play: stays true at the end, and from one clip to the next. */
  wanted = false;

  readonly duration = $derived.by(() => this.take?.duration ?? 0);
  readonly frame = $derived.by(() => this.take?.pieces[0]?.frame ?? 1 / 25);
  readonly failed = $derived.by(() => this.front?.player.failed ?? false);
  /** Whether the clip's first frame has to be shown as a still, because no film shows it yet. */
  readonly covered = $derived.by(() => this.#fresh && !(this.front?.ready ?? false));
  readonly waiting = $derived.by(
    () => !this.failed && (this.covered || this.#late || (this.front?.player.waiting ?? false)),
  );

  /** Whether no film has shown the clip yet. */
  #fresh = $state(false);
  /** Whether the next piece should be on but is not ready. */
  #late = $state(false);
  #near: readonly Take[] = [];
  #index = 0;
  /** The head of the current piece; shown as soon as it is ready. */
  #head: Head | null = null;
  /** The head of the next piece, once it was started: when, and from where if that is to be measured. */
  #started: { head: Head; at: number; from: number | null } | null = null;
  #waking: ReturnType<typeof setTimeout> | undefined;
  #sounds: readonly SoundTrack[] = [];
  /** Whether the sound waits for a picture that stands still. */
  #held = false;
  #preparing: ReturnType<typeof setTimeout> | undefined;
  #listening: ReturnType<typeof setTimeout> | undefined;
  #lifting: ReturnType<typeof setTimeout> | undefined;
  #request = 0;
  #last = 0;

  /** The video on screen. */
  get video(): HTMLVideoElement | null {
    return this.front?.player.video ?? null;
  }

  get size(): Size | null {
    return this.front?.size ?? null;
  }

  /** Shows a clip, with its neighbours ready behind it. What is read here must not call it again. */
  show(take: Take | null, near: readonly Take[] = []): void {
    untrack(() => {
      const before = this.take;
      this.#near = near;
      if (take && take.id === before?.id && samePieces(take.pieces, before.pieces)) {
        // A sound that plays goes on, whatever else of the clip has changed.
        const plays = this.speed > 0 && take.sound !== null;
        this.take = plays ? { ...take, sound: before.sound ?? take.sound } : take;
        this.#muteAll();
      } else {
        this.take = take;
        if (!take) this.#stop();
        else if (take.id !== before?.id) this.#begin(take);
        else this.#recut(take, before);
      }
      this.#prepareSoon();
      this.#listenSoon();
    });
  }

  /** Ends everything: the screen is left. */
  release(): void {
    clearTimeout(this.#preparing);
    clearTimeout(this.#listening);
    clearTimeout(this.#lifting);
    this.under = null;
    this.#stop();
    this.take = null;
    this.heads = [];
    for (const sound of this.#sounds) sound.release();
    this.#sounds = [];
  }

  play(): void {
    this.run(1);
  }

  pause(): void {
    this.run(0);
  }

  toggle(): void {
    if (this.speed === 0 && this.take && this.time >= this.duration - HAIR_S) this.seek(0);
    this.run(this.speed === 0 ? 1 : 0);
  }

  shuttle(direction: 1 | -1): void {
    this.run(shuttled(this.speed, direction));
  }

  seek(seconds: number): void {
    const { take } = this;
    if (!take) return;
    this.time = Math.min(Math.max(0, seconds), take.duration);
    this.#standDown();
    this.#go(pieceAt(take.pieces, this.time));
    const piece = take.pieces[this.#index];
    if (piece) this.#head?.seek(momentIn(piece, this.time));
    if (this.#sound?.wanted) this.#hold(this.#sound);
  }

  step(frames: number): void {
    this.run(0);
    // From the end, one step back is the frame before the last one.
    const from = Math.min(this.time, Math.max(0, this.duration - this.frame));
    this.seek(from + frames * this.frame);
  }

  toggleMute(): void {
    this.mute(!this.muted);
  }

  mute(on: boolean): void {
    this.muted = on;
    this.#muteAll();
  }

  retry(): void {
    for (const head of this.heads) if (head.player.failed) head.retry();
  }

  run(speed: number): void {
    const { take } = this;
    if (!take) return;
    // What is on screen is where it stops: the clock may be half a frame ahead.
    const [piece, head] = [this.#piece, this.#head];
    if (this.speed > 0 && speed <= 0 && piece && head?.ready)
      this.time = Math.max(piece.start, Math.min(this.#picture - piece.nudge, piece.end));
    if (speed !== this.speed) this.#sound?.pause();
    this.speed = speed;
    this.wanted = speed > 0;
    this.#held = false;
    this.#standDown();
    if (speed <= 0) head?.run(0);
    else this.#start();
    if (speed !== 0) this.#follow();
  }

  get #piece(): Piece | null {
    return this.take?.pieces[this.#index] ?? null;
  }

  get #sound(): SoundTrack | null {
    const url = this.take?.sound;
    return this.#sounds.find((sound) => sound.url === url) ?? null;
  }

  #stop(): void {
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.speed = 0;
    this.#standDown();
    this.#head?.run(0);
    this.#head = null;
    this.front = null;
    for (const sound of this.#sounds) sound.pause();
  }

  /** Another clip: from its first frame, and playing if the last one was. */
  #begin(take: Take): void {
    const { wanted } = this;
    const left = this.#head;
    this.#standDown();
    for (const sound of this.#sounds) sound.pause();
    this.time = 0;
    this.#index = 0;
    this.#late = false;
    this.#fresh = true;
    this.#head = this.#headOf(take, 0);
    this.#fresh = !(this.#head?.ready ?? false);
    if (left !== this.#head) left?.run(0);
    this.front = this.#head;
    this.speed = 0;
    if (wanted) this.run(1);
  }

  /** The same clip with another edit list: what is on screen stays, and plays on, if it is still part of it. */
  #recut(take: Take, before: Take): void {
    const piece = before.pieces[this.#index];
    const at = piece ? piece.from + (this.time - piece.start) : 0;
    const kept = piece ? momentOf(take.pieces, piece.src, at, this.#index) : null;
    const head = this.#head;
    this.#standDown();
    for (const sound of this.#sounds) sound.pause();
    this.#held = false;
    this.time = Math.min(kept ?? this.time, take.duration);
    const index = pieceAt(take.pieces, this.time);
    const [next, place] = [take.pieces[index], placeOf(take, index)];
    if (head && next && place && head.src === next.src) {
      this.#index = index;
      head.rename(place);
      if (kept === null) head.seek(momentIn(next, this.time));
      this.#muteAll();
      return;
    }
    const { speed } = this;
    this.#index = -1;
    this.seek(this.time);
    if (speed > 0) this.run(speed);
  }

  /** Makes a piece the current one; its head is shown as soon as it is ready. */
  #go(index: number): void {
    const { take } = this;
    if (!take || index === this.#index) return;
    const left = this.#head;
    this.#index = index;
    this.#head = this.#headOf(take, index);
    if (left !== this.#head) left?.run(0);
    this.#show();
    if (this.speed > 0) this.#start();
    this.#prepareSoon();
  }

  #show(): void {
    const head = this.#head;
    if (!head || this.front === head) return;
    // Until it is ready, the last picture of the same clip stays.
    const keeps = this.front?.place?.take === head.place?.take && this.front?.ready;
    if (keeps && head.ready) this.#layUnder(this.front);
    const settled = head.ready || head.player.failed;
    if (settled || !keeps) this.front = head;
    this.#late = !settled;
  }

  #layUnder(head: Head | null): void {
    clearTimeout(this.#lifting);
    this.under = head;
    this.#lifting = setTimeout(() => {
      this.under = null;
      this.#prepareSoon();
    }, UNDER_MS);
  }

  #settled = (head: Head): void => {
    if (head !== this.#head) return;
    this.#show();
    this.#late = false;
    if (head.ready) this.#fresh = false;
    if (this.speed > 0) this.#start();
    this.#prepareSoon();
  };

  /** The head that stands, or is sent, at the start of a piece. */
  #headOf(take: Take, index: number): Head | null {
    const place = placeOf(take, index);
    if (!place) return null;
    // Heads that stand ready for what may come next stay there.
    const soon = this.#soon(take).filter((one) => this.heads.some((head) => isAt(head, one)));
    this.#distribute([place, ...soon]);
    return this.heads.find((head) => isAt(head, place)) ?? null;
  }

  #prepareSoon(): void {
    clearTimeout(this.#preparing);
    this.#preparing = setTimeout(() => this.#prepare(), REST_MS);
  }

  /** Sends heads to where the reel may go next. */
  #prepare(): void {
    const { take } = this;
    const place = take && placeOf(take, this.#index);
    if (place) this.#distribute([place, ...this.#soon(take)].slice(0, MOST_HEADS));
  }

  /** What may be shown next, the most likely first. */
  #soon(take: Take): Place[] {
    const near = this.#near.filter((one) => one.id !== take.id).map((one) => placeOf(one, 0));
    const places = [placeOf(take, this.#index + 1), ...near, placeOf(take, this.#index - 1)];
    return places.filter((place) => place !== null);
  }

  #distribute(places: readonly Place[]): void {
    // What is on screen stays, too, until something else is.
    const atWork = [this.#head, this.#started?.head, this.front, this.under];
    const busy = (head: Head) => atWork.includes(head);
    const given = distribute(
      this.heads.filter((head) => !busy(head) || places.some((place) => isAt(head, place))),
      places,
    );
    const used: Head[] = places.map((place, index) => {
      const head = given[index] ?? new Head(place.src, this.#settled);
      // A head at work is where it should be.
      if (!busy(head)) head.cue(place);
      return head;
    });
    const others = this.heads.filter((head) => !used.includes(head));
    const kept = [...used, ...others.filter(busy)];
    const spare = others.filter((head) => !busy(head)).slice(0, Math.max(0, MOST_HEADS - kept.length));
    const heads = [...kept, ...spare];
    // In a steady order: moving an element in the page would stop it.
    heads.sort((a, b) => a.id - b.id);
    if (heads.length !== this.heads.length || heads.some((head, index) => head !== this.heads[index]))
      this.heads = heads;
  }

  #listenSoon(): void {
    clearTimeout(this.#listening);
    this.#listening = setTimeout(() => this.#listen(), SOUND_REST_MS);
  }

  /** Loads the sound of the clip and of the next one. */
  #listen(): void {
    const next = this.#near.find((take) => take.id !== this.take?.id);
    const urls = [this.take?.sound, next?.sound].filter((url) => typeof url === 'string');
    const before = this.#sounds;
    for (const sound of before) if (!urls.includes(sound.url)) sound.release();
    this.#sounds = urls.map(
      (url) => before.find((sound) => sound.url === url) ?? new SoundTrack(url, () => this.#muteAll()),
    );
    this.#muteAll();
  }

  /** The moment of the clip that the current head is at. */
  get #picture(): number {
    const [piece, video] = [this.#piece, this.#head?.player.video];
    return piece && video ? piece.start + Math.max(0, video.currentTime - piece.from) : this.time;
  }

  /** Starts the current piece, if its picture is there. */
  #start(): void {
    const head = this.#head;
    if (!head?.ready) return this.#sound?.pause();
    head.run(this.speed);
    const sound = this.#sound;
    if (sound && !sound.wanted) this.#hold(sound);
    this.#muteAll();
  }

  /** Lets the sound wait until the picture is where it should be. */
  #hold(sound: SoundTrack): void {
    sound.pause();
    this.#held = true;
    this.#resume();
  }

  /** Starts a sound that waits, if the picture is there. */
  #resume(): void {
    const [sound, player] = [this.#sound, this.#head?.player];
    if (!this.#held || !sound?.ready || !player?.video || player.waiting || player.video.seeking) return;
    this.#held = false;
    if (this.speed > 0 && this.speed <= HEARD_UP_TO) sound.play(this.#picture, this.speed);
    this.#muteAll();
  }

  /** The next piece was started, and is not needed after all. */
  #standDown(): void {
    clearTimeout(this.#waking);
    this.#waking = undefined;
    const started = this.#started?.head;
    this.#started = null;
    if (!started || started === this.#head) return;
    started.run(0);
    this.#prepareSoon();
  }

  #muteAll(): void {
    const sound = this.#sound;
    for (const one of this.#sounds) one.muted = this.muted;
    const silent = this.muted || (this.take?.silent ?? false) || (sound?.wanted ?? false);
    for (const head of this.heads) head.player.mute(silent || head !== this.#head);
  }

  #follow(): void {
    if (this.#request !== 0) return;
    this.#last = performance.now();
    const tick = (now: number) => {
      this.#request = 0;
      if (this.speed < 0) this.#backwards((now - this.#last) / 1000);
      else if (this.speed > 0) this.#forwards();
      this.#last = now;
      if (this.speed !== 0) this.#request = requestAnimationFrame(tick);
    };
    this.#request = requestAnimationFrame(tick);
  }

  #backwards(passed: number): void {
    this.seek(this.time + this.speed * passed);
    if (this.time <= 0) this.speed = 0;
  }

  #forwards(): void {
    const [piece, head, take] = [this.#piece, this.#head, this.take];
    if (!piece || !head || !take) return;
    if (head.player.failed) return this.run(0);
    if (!head.ready) return;
    // Playing was refused, or stopped from outside.
    if (head.player.speed === 0 && !isOver(head)) {
      this.speed = 0;
      return this.#sound?.pause();
    }
    const at = this.#clock(piece, head);
    if (at === null) return;
    this.time = Math.min(Math.max(at, piece.start), take.duration);
    const ends = (piece.end - at) / this.speed - EARLY_S;
    const next = take.pieces[this.#index + 1];
    if (!next) return ends < TICK_S ? this.#end(piece) : this.#wake(ends);
    if (this.#started) this.#learn(this.#started);
    // It stands a little behind the moment of its first frame.
    const starts = (piece.end + next.nudge - at) / this.speed - lead;
    if (!this.#started && starts < TICK_S) this.#startNext(take);
    if (ends < TICK_S) return this.#advance(take);
    this.#wake(starts > 0 && !this.#started ? starts : ends);
  }

  /** Looks again in so many seconds: more exactly than by the frames of a busy page, and in a hidden window, too. */
  #wake(seconds: number): void {
    if (this.#waking !== undefined) return;
    const wake = () => {
      this.#waking = undefined;
      if (this.speed > 0) this.#forwards();
    };
    this.#waking = setTimeout(wake, Math.max(0, seconds) * 1000);
  }

  /** The moment of the clip, by its sound or else by the footage; null while it stands still. */
  #clock(piece: Piece, head: Head): number | null {
    const sound = this.#sound;
    const stands = head.player.waiting || (head.player.video?.seeking ?? true);
    if (stands) {
      if (sound?.wanted) this.#hold(sound);
      return null;
    }
    this.#resume();
    if (sound?.wanted) {
      if (sound.ended) return this.duration;
      if (sound.runs) return sound.time;
      return null;
    }
    return isOver(head) ? piece.end : this.#picture;
  }

  #startNext(take: Take): void {
    const place = placeOf(take, this.#index + 1);
    const head = place && this.heads.find((one) => isAt(one, place));
    if (!head?.ready || head.moved) return;
    head.player.mute(true);
    head.run(this.speed);
    this.#started = { head, at: performance.now(), from: head.player.video?.currentTime ?? null };
  }

  /** Measures how long a started head took until its clock ran. */
  #learn(started: { head: Head; at: number; from: number | null }): void {
    const at = started.head.player.video?.currentTime ?? 0;
    if (started.from === null || at <= started.from) return;
    const took = (performance.now() - started.at) / 1000 - (at - started.from) / this.speed;
    lead += (Math.min(Math.max(0, took), LEAD_MOST_S) - lead) * LEARNED;
    started.from = null;
  }

  #advance(take: Take): void {
    clearTimeout(this.#waking);
    this.#waking = undefined;
    this.#held = false;
    const started = this.#started?.head ?? null;
    this.#started = null;
    const left = this.#head;
    this.#index += 1;
    const place = placeOf(take, this.#index);
    this.#head = started && place && isAt(started, place) ? started : this.#headOf(take, this.#index);
    this.#show();
    if (left !== this.#head) left?.run(0);
    this.#start();
    this.#prepareSoon();
  }

  #end(piece: Piece): void {
    const head = this.#head;
    this.speed = 0;
    this.time = this.duration;
    head?.run(0);
    this.#sound?.pause();
    // The last picture is the last one of the clip.
    const { video } = head?.player ?? {};
    if (video && video.currentTime >= piece.to) head?.seek(momentIn(piece, piece.end));
  }
}

function placeOf(take: Take, index: number): Place | null {
  const piece = take.pieces[index];
  if (!piece) return null;
  return { take: take.id, piece: index, src: piece.src, at: momentIn(piece, piece.start) };
}

/** Whether the footage itself has ended. */
function isOver(head: Head): boolean {
  const { video } = head.player;
  return video !== null && (video.ended || video.currentTime >= lastMoment(video));
}
