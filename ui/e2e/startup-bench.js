/**
 * Time from process start to the first interactive list, in a library of 200
 * projects. Run by `make bench`, on the release build.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, cli, processes } from './app.js';

const PROJECTS = 200;
const STARTS = 5;

const dataDir = await mkdtemp(path.join(tmpdir(), 'rushes-startup-'));
cli(dataDir, 'profile', 'create', 'Bench');
for (let number = 0; number < PROJECTS; number += 1) cli(dataDir, 'project', 'create', `Project ${number}`);

/** When a process started, in milliseconds since the epoch. */
async function startOf(pid) {
  const [stat, uptime] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile('/proc/uptime', 'utf8'),
  ]);
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return Date.now() - (Number(uptime.split(' ')[0]) - ticks / 100) * 1000;
}

const times = [];
for (let number = 0; number < STARTS; number += 1) {
  const app = await App.start(dataDir);
  await app.screen('projects');
  const mark = await app.until('the list', () =>
    app.script(`const mark = performance.getEntriesByName('list-interactive')[0];
      return mark ? performance.timeOrigin + mark.startTime : null`),
  );
  const [pid] = await processes();
  times.push(mark - (await startOf(pid)));
  await app.stop();
}
await rm(dataDir, { recursive: true });
times.sort((a, b) => a - b);
const show = (ms) => `${Math.round(ms)} ms`;
console.log(`window, start to first interactive list of ${PROJECTS} projects, ${STARTS} starts`);
console.log(
  `  first ${show(times.at(-1))} at worst, median ${show(times[Math.floor(STARTS / 2)])}, best ${show(times[0])}`,
);
