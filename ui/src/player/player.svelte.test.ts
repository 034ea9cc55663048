import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Player } from './player.svelte';

// happy-dom loads nothing and has no names for the ready states.
Object.assign(HTMLMediaElement, { HAVE_METADATA: 1, HAVE_CURRENT_DATA: 2, HAVE_ENOUGH_DATA: 4 });

let player: Player;

function film(): HTMLVideoElement {
  const video = document.createElement('video');
  Object.defineProperty(video, 'duration', { value: 10 });
  return video;
}

/** Runs an attachment as Svelte does: in an effect, which reruns when its dependencies change. */
function attach(video: HTMLVideoElement): () => void {
  const release = $effect.root(() => {
    $effect(() => player.attach(video));
  });
  flushSync();
  return release;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'requestAnimationFrame', 'cancelAnimationFrame'] });
  player = new Player();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a player', () => {
  it('runs on when it is muted', () => {
    const video = film();
    attach(video);
    player.play();
    player.toggleMute();
    flushSync();
    expect([video.paused, video.muted]).toEqual([false, true]);
  });

  it('shuttles faster with each press, and stops on the other key', () => {
    attach(film());
    const speeds = [1, 1, 1, -1].map((direction) => {
      player.shuttle(direction as 1 | -1);
      return player.speed;
    });
    expect(speeds).toEqual([1, 2, 4, 0]);
    player.shuttle(-1);
    expect(player.speed).toBe(-1);
  });

  it('never leaves the film', () => {
    attach(film());
    player.seek(99);
    expect(player.time).toBe(10);
    player.step(-1000);
    expect(player.time).toBe(0);
  });

  it('starts a film anew that stands still with all that it needs', async () => {
    const video = film();
    let there = 0;
    Object.defineProperty(video, 'readyState', { value: HTMLMediaElement.HAVE_CURRENT_DATA });
    Object.defineProperty(video, 'buffered', {
      get: () => ({ length: 1, start: () => 0, end: () => there }) satisfies TimeRanges,
    });
    attach(video);
    const pause = vi.spyOn(video, 'pause');
    player.play();
    await vi.advanceTimersByTimeAsync(2000);
    expect(pause).not.toHaveBeenCalled();
    there = 10;
    await vi.advanceTimersByTimeAsync(1000);
    expect(pause).toHaveBeenCalled();
    expect([video.paused, player.speed]).toEqual([false, 1]);
  });

  it('gives a film time that arrives from a seek', async () => {
    const video = film();
    let seeking = true;
    Object.defineProperty(video, 'seeking', { get: () => seeking });
    Object.defineProperty(video, 'readyState', { value: HTMLMediaElement.HAVE_CURRENT_DATA });
    Object.defineProperty(video, 'buffered', {
      value: { length: 1, start: () => 0, end: () => 10 } satisfies TimeRanges,
    });
    attach(video);
    const pause = vi.spyOn(video, 'pause');
    player.play();
    await vi.advanceTimersByTimeAsync(2000);
    seeking = false;
    await vi.advanceTimersByTimeAsync(300);
    expect(pause).not.toHaveBeenCalled();
  });

  it('lets go of one film only when it still has it', () => {
    const [first, second] = [film(), film()];
    const release = attach(first);
    attach(second);
    player.play();
    release();
    expect(player.video).toBe(second);
    expect(second.paused).toBe(false);
  });
});

/** A video as played by WebKitGTK: once ended it ignores seeks, and reloading it fixes that. */
function stubborn(): HTMLVideoElement & { loads: number } {
  const video = film() as HTMLVideoElement & { loads: number };
  let [at, ended] = [0, false];
  video.loads = 0;
  Object.defineProperties(video, {
    readyState: { get: () => HTMLMediaElement.HAVE_CURRENT_DATA },
    ended: { get: () => ended },
    seeking: { get: () => ended && at < 10 },
    currentTime: {
      get: () => at,
      set: (to: number) => {
        at = to;
        ended ||= to >= 10;
        if (!ended) video.dispatchEvent(new Event('seeked'));
      },
    },
  });
  video.load = () => {
    video.loads += 1;
    ended = false;
    video.dispatchEvent(new Event('emptied'));
    video.dispatchEvent(new Event('loadedmetadata'));
  };
  return video;
}

describe('what WebKitGTK gets stuck in', () => {
  it('is not reached by going to the end: a step back shows the picture before', () => {
    const video = stubborn();
    attach(video);
    player.seek(player.duration);
    expect([player.time, video.ended]).toEqual([10, false]);
    player.step(-1);
    expect(video.currentTime).toBeCloseTo(10 - player.frame, 1);
    expect([video.seeking, video.loads, player.time]).toEqual([false, 0, video.currentTime]);
  });

  it('is left after a film that ran to its end, whichever way one goes back', () => {
    const ways = [
      () => player.step(-1),
      () => player.seek(3),
      () => player.toggle(),
      () => player.shuttle(-1),
    ] as const;
    for (const back of ways) {
      const video = stubborn();
      const release = attach(video);
      video.currentTime = 10;
      video.dispatchEvent(new Event('ended'));
      expect(player.time).toBe(10);
      back();
      vi.advanceTimersByTime(50);
      expect([video.seeking, video.loads, video.currentTime < 10]).toEqual([false, 1, true]);
      release();
    }
  });

  it('is left where a film refuses to stop after its speed was changed', () => {
    const video = stubborn();
    attach(video);
    let stopped = false;
    Object.defineProperty(video, 'paused', { get: () => stopped });
    const load = video.load;
    video.load = () => {
      stopped = true;
      load();
    };
    player.shuttle(1);
    player.shuttle(1);
    video.currentTime = 4;
    player.pause();
    expect([video.paused, video.currentTime, video.loads, player.speed]).toEqual([true, 4, 1, 0]);
  });
});

describe('waiting', () => {
  const state = (video: HTMLVideoElement, readyState: number) =>
    Object.defineProperty(video, 'readyState', { value: readyState, configurable: true });

  it('is over for a film that stands with its picture there, whatever was said before', () => {
    const video = film();
    state(video, HTMLMediaElement.HAVE_CURRENT_DATA);
    attach(video);
    player.shuttle(1);
    player.shuttle(1);
    video.dispatchEvent(new Event('waiting'));
    player.pause();
    expect(player.waiting).toBe(false);
  });

  it('is what a film does that should run and stands still', async () => {
    const video = film();
    let at = 0;
    Object.defineProperty(video, 'currentTime', { get: () => at });
    state(video, HTMLMediaElement.HAVE_CURRENT_DATA);
    attach(video);
    player.play();
    for (let turn = 0; turn < 30; turn += 1) {
      at += 0.02;
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(player.waiting).toBe(false);
    await vi.advanceTimersByTimeAsync(400);
    expect(player.waiting).toBe(true);
    at += 0.02;
    await vi.advanceTimersByTimeAsync(20);
    expect(player.waiting).toBe(false);
  });

  it('is what a film does that has no picture yet', () => {
    const video = film();
    state(video, HTMLMediaElement.HAVE_METADATA);
    attach(video);
    expect(player.waiting).toBe(true);
    state(video, HTMLMediaElement.HAVE_ENOUGH_DATA);
    video.dispatchEvent(new Event('canplay'));
    expect(player.waiting).toBe(false);
  });
});
