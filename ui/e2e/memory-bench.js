/**
 * Memory of the web process while going through many clips: triage back and
 * forth, late against early. Run by `make bench`, on the release build.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { App, cli, film, pause, processes } from './app.js';

const run = promisify(execFile);
const CLIPS = 30;
/** Steps after which memory is measured: by the first, each clip was shown three times. */
const MARKS = [100, 200, 300];
/** Minimum time between two keys, in milliseconds: neighbours are preloaded once the keys rest. */
const STEP_MS = 250;
/** Pause before measuring, in milliseconds: memory returned by then does not count. */
const REST_MS = 3_000;
/** Maximum memory at the last mark, relative to the first. */
const MOST = 1.2;

const folder = await mkdtemp(path.join(tmpdir(), 'rushes-memory-'));
const data = path.join(folder, 'library');
await film(path.join(folder, 'film.mp4'), CLIPS, '960x540');
cli(data, 'profile', 'create', 'Ana');
cli(data, 'project', 'create', 'Reel');
cli(data, 'source', 'add', 'Reel', path.join(folder, 'film.mp4'));
cli(data, 'generate', 'Reel', '--count', String(CLIPS), '--target-duration', '2');

const app = await App.start(data);
await app.screen('projects');
const { items } = await app.invoke('list_all_clips', { query: { limit: 500 } });
await app.click('Reel');
await app.screen('project');
await app.click('Triage');
await app.screen('triage');
const ready = `const films = [...document.querySelectorAll('video')];
  const shown = films.find((film) => film.dataset.shown === 'true');
  return films.every((film) => film.readyState >= 2) && `;
const running = () => app.until('a film that runs', () => app.script(`${ready} shown?.currentTime > 0.1`));
await running();

/** The web processes of this application. */
async function pages() {
  const [parent] = await processes();
  const { stdout } = await run('pgrep', ['-P', String(parent), 'WebKitWebProces']);
  return stdout.trim().split('\n');
}

/** Memory of the web processes, in MB: shared memory counts proportionally. */
async function held() {
  let kilobytes = 0;
  for (const pid of await pages()) {
    const told = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    kilobytes += Number(/^Pss:\s+(\d+) kB$/m.exec(told)[1]);
  }
  return kilobytes / 1024;
}

console.log(`window, triage to and fro over ${items.length} clips, ${MARKS.at(-1)} steps`);
const figures = [];
for (let step = 1; step <= MARKS.at(-1); step += 1) {
  // There is one step less than clips from one end to the other.
  const way = Math.floor((step - 1) / (items.length - 1));
  await app.press(way % 2 ? 'arrow_left' : 'arrow_right');
  await pause(STEP_MS);
  await running();
  if (!MARKS.includes(step)) continue;
  await pause(REST_MS);
  figures.push(await held());
  console.log(`  after ${String(step).padEnd(14)} ${figures.at(-1).toFixed(0)} MB`);
}
const ratio = figures.at(-1) / figures[0];
console.log(`  ratio ${ratio.toFixed(2)}, at most ${MOST}: ${ratio <= MOST ? 'met' : 'missed'}`);
await app.stop();
await rm(folder, { recursive: true });
