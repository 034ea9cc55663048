/**
 * Clips play from the footage itself: the right frames at every join, and at
 * once after a trim, for footage of several kinds.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { App, cli, pause } from './app.js';
import { joins, numbered, rateOf, record, shownNumber, taken } from './frames-read.js';

const FOOTAGE = [
  { name: 'long.mp4', rate: '25', gop: 250 },
  { name: 'film.mov', rate: '24000/1001', gop: 250 },
  { name: 'short.mp4', rate: '30000/1001', gop: 15 },
  { name: 'fast.mp4', rate: '60000/1001', gop: 120 },
  // Its picture does not start at the file's zero.
  { name: 'late.mp4', rate: '25', gop: 50, more: ['-output_ts_offset', '0.5'] },
];
const SECONDS = 20;
/** Pieces of the montage, of a second each, in turns from all footage. */
const PIECES = 12;
/**
 * What may be missing, or shown too long, at a join, in seconds: what a busy
 * machine adds. `instant-bench.js` measures it.
 */
const SLACK_S = 0.12;
/** A trim shows within this time, in milliseconds. */
const TRIM_MS = 200;

let folder;
let app;
let sources;
let clip;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-instant-'));
  const data = path.join(folder, 'data');
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'project', 'create', 'Reel');
  for (const [index, film] of FOOTAGE.entries()) {
    const file = path.join(folder, film.name);
    await numbered(file, { ...film, seconds: SECONDS, tone: 300 + 100 * index });
    cli(data, 'source', 'add', 'Reel', file);
  }
  app = await App.start(data);
  await app.screen('projects');
  sources = await app.invoke('list_all_sources');
  const project_id = sources[0].project_id;
  await app.invoke('add_segment', { segment: { source_id: sources[0].id, in_us: 0, out_us: 4_000_000 } });
  await app.invoke('generate_from_segments', {
    projectId: project_id,
    request: { variant_count: 1, selection_mode: 'sequential', target_duration_us: 4_000_000 },
  });
  await record(app);
  clip = await app.until(
    'the clip',
    async () => (await app.invoke('list_all_clips', { query: {} })).items[0],
  );
});

after(async () => {
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

const filmOf = (name) => FOOTAGE.find((one) => one.name === name);

/** Gives the clip another edit list: names with the numbers of the first frame and of the one after the last. */
async function recut(list) {
  const cuts = list.map(([name, from, to]) => {
    const rate = rateOf(filmOf(name));
    const at = (frame) => Math.round((frame / rate) * 1e6);
    return { source_id: sources.find((one) => one.name === name).id, in_us: at(from), out_us: at(to) };
  });
  const { clip: now, error } = await app.invoke('update_clip', { id: clip.id, patch: { cuts } });
  assert.equal(error, undefined);
  return now;
}

async function open(screen, address) {
  await app.script("location.hash = '#/projects'");
  await app.screen('projects');
  await app.script('location.hash = arguments[0]', address);
  await app.screen(screen);
}

const editor = () => open('clip', `#/clip/${clip.id}`);

test('the first frame of a clip is the one that was marked', async () => {
  for (const { name } of FOOTAGE) {
    for (const from of [1, 77, 251]) {
      await recut([[name, from, from + 60]]);
      await editor();
      await app
        .until(`frame ${from} of ${name}`, async () => (await shownNumber(app)) === from, 5_000)
        .catch(async () => assert.fail(`${name}: frame ${await shownNumber(app)} instead of ${from}`));
      await app.press('end');
      const last = from + 59;
      await app
        .until(`frame ${last} of ${name}`, async () => (await shownNumber(app)) === last, 5_000)
        .catch(async () =>
          assert.fail(`${name}: frame ${await shownNumber(app)} at the end instead of ${last}`),
        );
    }
  }
});

test('a montage shows every piece from its first frame to its last, without a gap', async () => {
  const list = Array.from({ length: PIECES }, (_, index) => {
    const film = FOOTAGE[index % FOOTAGE.length];
    const rate = Math.round(rateOf(film));
    // Far from key frames, and each time elsewhere.
    const from = 37 + rate * (2 + 5 * Math.floor(index / FOOTAGE.length));
    return [film.name, from, from + rate];
  });
  await recut(list);
  await editor();
  await app.until('the first frame', async () => (await shownNumber(app)) === list[0][1]);
  await taken(app);
  await app.press('space');
  await app.until('the start', async () => (await app.control('Pause')) !== null);
  await app.until('the end', async () => (await app.control('Play')) !== null);
  await pause(200);
  const frames = await taken(app);
  const faults = joins(
    frames,
    list.map(([name, from, to]) => [from, to, rateOf(filmOf(name))]),
  ).flatMap(({ early, late, beyond, short, stood, blank }, piece) => {
    const most = Math.max(early, late, beyond, short, stood);
    return most > SLACK_S || blank > 0
      ? [JSON.stringify({ piece, early, late, beyond, short, stood, blank })]
      : [];
  });
  assert.deepEqual(faults, []);
});

test('a trim by key plays at once', async () => {
  await recut([['long.mp4', 30, 300]]);
  await editor();
  await app.press('home');
  await app.until('the first frame', async () => (await shownNumber(app)) === 30);
  await app.press('space');
  await pause(1_500);
  // Where it is cut is where it plays on.
  const took = await app.asynchronously(`
    const done = arguments[0];
    const video = () => document.querySelector('video[data-shown="true"]');
    const start = performance.now();
    const before = window.numberOf(video());
    const key = (type) => document.activeElement.dispatchEvent(new KeyboardEvent(type, { key: 'i', bubbles: true, cancelable: true }));
    key('keydown');
    key('keyup');
    const look = () => {
      const number = window.numberOf(video());
      if (!video().seeking && !video().paused && number > before + 1) return done([performance.now() - start, number - before]);
      if (performance.now() - start > 5000) return done([null, number - before]);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);`);
  assert.ok(took[0] !== null && took[0] < TRIM_MS, `played ${took[1]} frames further after ${took[0]} ms`);
});
