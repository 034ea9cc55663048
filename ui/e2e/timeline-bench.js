/**
 * The timeline of a two-hour source in the real window, with the mouse: zooming
 * with the wheel and scrubbing, against the same window at rest. Run by `make
 * bench`, on the release build.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { App, cli, film, pause } from './app.js';
import { against, framesOf, told } from './frames.js';

const run = promisify(execFile);
const HOURS = 2;
const SECONDS = 6;
/** Interval between mouse moves, in seconds: the report rate of a mouse. */
const MOVE_S = 0.008;
const NOTCH_S = 0.04;

const folder = await mkdtemp(path.join(tmpdir(), 'rushes-timeline-'));
const data = path.join(folder, 'library');
const [piece, source] = [path.join(folder, 'piece.mp4'), path.join(folder, 'long.mp4')];
await film(piece, 8);
const repeated = ['-v', 'error', '-stream_loop', '-1', '-i', piece, '-t', String(HOURS * 3600)];
await run('ffmpeg', [...repeated, '-c', 'copy', source]);
cli(data, 'profile', 'create', 'Ana');
cli(data, 'project', 'create', 'Long');
cli(data, 'source', 'add', 'Long', source);

const app = await App.start(data);
await app.screen('projects');
const [{ id }] = await app.invoke('list_all_sources');
await app.script(`location.hash = '#/source/${id}'`);
await app.screen('source');
const analysis = await app.until(
  'the whole look',
  async () => {
    const known = await app.invoke('get_source_analysis', { id });
    return known?.detail === 'full' && known;
  },
  900_000,
);
await app.until('the candidates', async () => (await app.all('[data-candidate]')).length > 0);
await app.until('rest', async () => (await app.invoke('get_queue')).running === 0);
await pause(2_000);

const place = await app.script(
  `const area = document.querySelector('[data-candidate]').closest('[role="group"]').getBoundingClientRect();
   return { left: area.left, width: area.width, y: area.top + area.height / 2 };`,
);
const { stdout } = await run('xdotool', [
  'search',
  '--onlyvisible',
  '--name',
  'Rushes',
  'getwindowgeometry',
  '--shell',
]);
const [, x0, y0] = /X=(-?\d+)\s+Y=(-?\d+)/.exec(stdout).map(Number);
const at = (share) => [x0 + place.left + place.width * share, y0 + place.y].map(Math.round).map(String);

/** Moves the mouse back and forth over the timeline while the frames are counted. */
function sweep() {
  const words = [];
  const steps = Math.floor(SECONDS / MOVE_S);
  for (let step = 0; step < steps; step += 1) {
    const share = 0.5 - 0.45 * Math.cos((step / steps) * 4 * Math.PI);
    words.push('mousemove', ...at(share), 'sleep', String(MOVE_S));
  }
  return words;
}

/** Turns the wheel at a position: all the way in, and all the way out again. */
function turns() {
  const notches = Math.floor(SECONDS / NOTCH_S);
  const words = ['mousemove', ...at(0.37)];
  for (let notch = 0; notch < notches; notch += 1)
    words.push('click', notch < notches / 2 ? '4' : '5', 'sleep', String(NOTCH_S));
  return words;
}

async function measured(name, words) {
  const hand = run('xdotool', words);
  const rate = told(name, await framesOf(app, SECONDS));
  await hand;
  return rate;
}

console.log(
  `window, time line of ${HOURS} hours with ${analysis.shots.length} shots and ${analysis.candidates.length} candidates, ${SECONDS} s each`,
);
const rest = told('at rest', await framesOf(app, SECONDS));
const rates = { zooming: await measured('zooming', turns()) };
rates.hovering = await measured('hovering', sweep());
const head = () =>
  app.script(
    `return document.querySelector('[role="slider"][aria-valuetext]').getAttribute('aria-valuenow')`,
  );
const ruler = () => app.script(`return document.querySelector('[data-ruler]').textContent`);
const held = async (name) => {
  const before = await head();
  await run('xdotool', ['mousemove', ...at(0.05), 'mousedown', '1']);
  rates[name] = await measured(name, sweep());
  await run('xdotool', ['mouseup', '1']);
  assert.notEqual(await head(), before, 'the hand moves the playhead');
};
await held('scrubbing, whole');
const whole = await ruler();
await run('xdotool', ['mousemove', ...at(0.5), ...Array(20).fill(['click', '4', 'sleep', '0.03']).flat()]);
await pause(1_000);
assert.notEqual(await ruler(), whole, 'the wheel zooms');
await held('scrubbing, near');
for (const [name, rate] of Object.entries(rates)) against(rest, rate, name);
await app.shot('bench timeline');
await app.stop();
await rm(folder, { recursive: true });
