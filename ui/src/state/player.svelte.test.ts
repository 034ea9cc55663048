import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Player } from './player.svelte';

let player: Player;

function film(): HTMLVideoElement {
  const video = document.createElement('video');
  Object.defineProperty(video, 'duration', { value: 10 });
  return video;
}

/** Runs an attachment as Svelte does: in an effect, which runs again when what it read changes. */
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
    expect([video.paused, player.speed, player.wanted]).toEqual([false, 1, true]);
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
    expect(player.wanted).toBe(true);
  });
});
