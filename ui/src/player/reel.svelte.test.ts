import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Head } from './head.svelte';
import { Reel } from './reel.svelte';
import { piecesOf, type Take } from './take';

// happy-dom loads nothing and has no names for the ready states.
Object.assign(HTMLMediaElement, { HAVE_METADATA: 1, HAVE_CURRENT_DATA: 2, HAVE_ENOUGH_DATA: 4 });

/** Footage of 100 s whose seeks arrive when the test says so. */
class Film {
  readonly video = document.createElement('video');
  at = 0;
  seeking = false;
  playing = false;

  constructor() {
    Object.defineProperties(this.video, {
      duration: { value: 100 },
      readyState: { get: () => (this.seeking ? 1 : 4) },
      seeking: { get: () => this.seeking },
      paused: { get: () => !this.playing },
      currentTime: {
        get: () => this.at,
        set: (to: number) => {
          this.at = to;
          this.seeking = true;
        },
      },
    });
    this.video.play = () => {
      this.playing = true;
      this.video.dispatchEvent(new Event('play'));
      return Promise.resolve();
    };
    this.video.pause = () => {
      this.playing = false;
      this.video.dispatchEvent(new Event('pause'));
    };
  }

  arrive(): void {
    this.seeking = false;
    this.video.dispatchEvent(new Event('seeked'));
  }
}

/** A sound track that is loaded at once and plays when the test lets time pass. */
class Sound extends EventTarget {
  static made: Sound[] = [];
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  muted = false;
  seeking = false;
  ended = false;
  preload = '';
  #src = '';

  constructor() {
    super();
    Sound.made.push(this);
  }

  get src(): string {
    return this.#src;
  }

  set src(url: string) {
    this.#src = url;
    this.dispatchEvent(new Event('canplay'));
  }

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  load(): void {
    this.ended = false;
  }

  removeAttribute(): void {
    this.#src = '';
  }
}

const films = new Map<Head, Film>();
let reel: Reel;

const take = (id: string, cuts: Array<[string, number, number]>): Take => {
  const pieces = piecesOf(
    cuts.map(([source_id, from, to]) => ({ source_id, in_us: from * 1e6, out_us: to * 1e6 })),
    [],
    (source) => `/${source}`,
  );
  return { id, name: id, pieces, duration: pieces.at(-1)?.end ?? 0, still: '', silent: false, sound: null };
};

/** Gives new heads their films, as the page does. */
function attach(): void {
  for (const head of reel.heads) {
    if (films.has(head)) continue;
    const film = new Film();
    films.set(head, film);
    head.attach(film.video);
  }
  flushSync();
}

function arrive(): void {
  attach();
  for (const film of films.values()) if (film.seeking) film.arrive();
  flushSync();
}

/** Lets time pass in steps of 10 ms, in which the films that play go on. */
async function pass(seconds: number): Promise<void> {
  for (let step = 0; step < Math.round(seconds * 100); step += 1) {
    for (const film of films.values())
      if (film.playing && !film.seeking) film.at += 0.01 * film.video.playbackRate;
    for (const sound of Sound.made) if (!sound.paused) sound.currentTime += 0.01 * sound.playbackRate;
    await vi.advanceTimersByTimeAsync(10);
    attach();
  }
}

const shown = () => reel.front && films.get(reel.front);
const at = (src: string) =>
  reel.heads.filter((head) => head.src === `/${src}`).map((head) => films.get(head)?.at);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Audio', Sound);
  Sound.made = [];
  films.clear();
  reel = new Reel();
});

afterEach(() => {
  reel.release();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a reel', () => {
  it('covers the film with a still until its first frame is there', () => {
    reel.show(take('x', [['a', 5, 7]]));
    attach();
    expect([reel.covered, reel.duration, at('a')]).toEqual([true, 2, [5.02]]);
    arrive();
    expect(reel.covered).toBe(false);
  });

  it('goes from piece to piece and stops at the end', async () => {
    reel.show(
      take('x', [
        ['a', 5, 6],
        ['b', 20, 21],
      ]),
    );
    arrive();
    await pass(0.2);
    arrive();
    reel.play();
    await pass(0.5);
    expect(shown()?.at).toBeCloseTo(5.52, 1);
    await pass(0.8);
    expect([reel.front?.src, reel.speed]).toEqual(['/b', 1]);
    expect(shown()?.at).toBeGreaterThan(20.1);
    await pass(1);
    expect([reel.time, reel.speed, shown()?.playing]).toEqual([2, 0, false]);
  });

  it('starts the next piece before it is shown', async () => {
    reel.show(
      take('x', [
        ['a', 5, 6],
        ['a', 20, 21],
      ]),
    );
    arrive();
    await pass(0.2);
    arrive();
    reel.play();
    await pass(0.97);
    const next = reel.heads.find((head) => head !== reel.front);
    expect(next && [films.get(next)?.playing, next.player.muted]).toEqual([true, true]);
    expect(reel.front?.place?.piece).toBe(0);
    await pass(0.1);
    expect(reel.front).toBe(next);
  });

  it('keeps the last picture while the next piece is not there', async () => {
    reel.show(
      take('x', [
        ['a', 5, 5.5],
        ['b', 20, 21],
      ]),
    );
    arrive();
    reel.play();
    await pass(0.6);
    expect([reel.front?.src, reel.waiting, shown()?.playing]).toEqual(['/a', true, false]);
    arrive();
    await pass(0.05);
    expect([reel.front?.src, reel.waiting, shown()?.playing]).toEqual(['/b', false, true]);
  });

  it('has the neighbours ready, and shows them at once', async () => {
    const [one, two] = [take('x', [['a', 5, 7]]), take('y', [['a', 50, 52]])];
    reel.show(one, [two]);
    arrive();
    await pass(0.2);
    expect(at('a')).toEqual([5.02, 50.02]);
    arrive();
    reel.wanted = true;
    reel.show(two, [one]);
    expect([reel.covered, reel.front?.place?.take, shown()?.playing]).toEqual([false, 'y', true]);
  });

  it('moves a film of the same footage instead of opening another', async () => {
    reel.show(take('x', [['a', 5, 7]]));
    arrive();
    await pass(0.2);
    for (const id of ['p', 'q', 'r', 's']) {
      reel.show(take(id, [['a', 60, 62]]));
      arrive();
    }
    expect(reel.heads.length).toBe(2);
  });

  it('seeks across pieces', () => {
    reel.show(
      take('x', [
        ['a', 5, 7],
        ['b', 20, 21],
      ]),
    );
    arrive();
    reel.seek(2.5);
    attach();
    expect(reel.front?.src).toBe('/a');
    arrive();
    arrive();
    expect([reel.front?.src, shown()?.at, reel.time]).toEqual(['/b', 20.52, 2.5]);
    reel.step(1);
    expect(reel.time).toBeCloseTo(2.54);
  });

  it('keeps its picture when its clip is trimmed before it', () => {
    reel.show(take('x', [['a', 5, 9]]));
    arrive();
    reel.seek(2);
    arrive();
    reel.show(take('x', [['a', 6, 9]]));
    expect(reel.time).toBeCloseTo(1);
    expect([shown()?.at, reel.heads.length]).toEqual([7.02, 1]);
    reel.show(take('x', [['a', 8, 9]]));
    arrive();
    arrive();
    expect([reel.time, shown()?.at]).toEqual([1, 8.98]);
  });

  it('plays backwards into the piece before', async () => {
    reel.show(
      take('x', [
        ['a', 5, 6],
        ['b', 20, 21],
      ]),
    );
    arrive();
    reel.seek(1.1);
    arrive();
    arrive();
    reel.shuttle(-1);
    for (let turn = 0; turn < 30; turn += 1) {
      await pass(0.02);
      arrive();
    }
    expect([reel.front?.src, reel.time < 0.9]).toEqual(['/a', true]);
  });
});

describe('the mixed sound of a clip', () => {
  const heard = (): Take => ({
    ...take('x', [
      ['a', 5, 9],
      ['b', 20, 24],
    ]),
    sound: '/x/sound',
  });
  const sound = () => Sound.made[0] as Sound;

  beforeEach(async () => {
    reel.show(heard());
    arrive();
    await pass(0.3);
    arrive();
  });

  it('is what the pictures follow, and the footage is silent', async () => {
    reel.play();
    await pass(1);
    expect([shown()?.video.muted, sound().paused]).toEqual([true, false]);
    expect(reel.time).toBeCloseTo(sound().currentTime, 1);
    expect(shown()?.at).toBeCloseTo(5 + sound().currentTime, 1);
  });

  it('runs as fast as the pictures, and above double speed not at all', async () => {
    reel.play();
    await pass(0.5);
    reel.shuttle(1);
    await pass(0.5);
    expect([sound().playbackRate, sound().paused, reel.time > 1.4]).toEqual([2, false, true]);
    reel.shuttle(1);
    await pass(0.1);
    expect([sound().paused, reel.speed]).toEqual([true, 4]);
  });

  it('waits for the picture after a seek', async () => {
    reel.play();
    await pass(0.5);
    reel.seek(2);
    await pass(0.2);
    expect([sound().paused, reel.time]).toEqual([true, 2]);
    arrive();
    await pass(0.1);
    expect(sound().paused).toBe(false);
    expect(sound().currentTime).toBeCloseTo(2.1, 1);
  });

  it('goes on while something else of the clip changes', async () => {
    reel.play();
    await pass(0.5);
    reel.show({ ...heard(), sound: '/x/sound?r=2' });
    await pass(0.5);
    expect([Sound.made.length, sound().paused]).toEqual([1, false]);
  });

  it('is not replaced by that of the footage in a clip without sound', async () => {
    reel.show({ ...heard(), id: 'y', silent: true, sound: null });
    arrive();
    reel.play();
    await pass(0.2);
    expect(shown()?.video.muted).toBe(true);
  });
});

describe('footage that is gone', () => {
  it('is said where it should be shown, and is loaded again', async () => {
    reel.show(
      take('x', [
        ['a', 5, 5.5],
        ['b', 20, 21],
      ]),
    );
    arrive();
    await pass(0.2);
    reel.play();
    await pass(0.7);
    const next = reel.heads.find((head) => head.src === '/b');
    const film = next && films.get(next);
    film?.video.dispatchEvent(new Event('error'));
    await pass(0.1);
    expect([reel.front?.src, reel.failed, reel.speed]).toEqual(['/b', true, 0]);
    reel.retry();
    arrive();
    arrive();
    expect([reel.failed, reel.waiting]).toEqual([false, false]);
    expect(film?.at).toBeCloseTo(20.02);
  });
});
