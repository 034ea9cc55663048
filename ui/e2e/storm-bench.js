/**
 * A storm of events in the real window: 50 jobs that report ten times a second
 * each, against the same queue at rest. Run by `make bench`, on the release build.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, film, root } from './app.js';

const JOBS = 50;
const SECONDS = 6;
/** What a frame may take at 60 a second, in milliseconds. */
const FRAME_MS = 1000 / 60;
/** What counts as a long task, as the W3C has it: https://www.w3.org/TR/longtasks/ */
const LONG_MS = 50;

const folder = await mkdtemp(path.join(tmpdir(), 'rushes-storm-'));
const data = path.join(folder, 'library');
const cli = (...args) =>
  execFileSync(path.join(root, 'target/release/rushes-cli'), ['--data-dir', data, ...args], {
    stdio: 'ignore',
  });
await film(path.join(folder, 'film.mp4'), 8);
for (const name of ['Ana', 'Ben']) cli('profile', 'create', name);
cli('--profile', 'Ana', 'project', 'create', 'Reel');
cli('--profile', 'Ana', 'source', 'add', 'Reel', path.join(folder, 'film.mp4'));
cli('--profile', 'Ana', 'generate', 'Reel', '--count', '5', '--target-duration', '2');
cli('--profile', 'Ana', 'job', 'hold');

const app = await App.start(data);
await app.screen('projects');
const clips = (await app.invoke('list_all_clips', { query: {} })).items.map((clip) => clip.id);
const presets = (await app.invoke('list_export_presets')).map((preset) => preset.key);
await app.invoke('bulk_render_clips', { ids: clips, presets, folder: null });
await app.click('Queue');
await app.screen('queue');

/**
 * Frames of some seconds, with or without the storm. The events take the way of
 * real ones: through the channel that the page listens to.
 */
const frames = (storm) =>
  app.asynchronously(
    `const [storm, count, seconds, done] = arguments;
     const { callbacks, invoke } = window.__TAURI_INTERNALS__;
     invoke('plugin:rushes|list_jobs', { query: { active: true, limit: 500 } }).then((jobs) => {
       const told = jobs.slice(0, count);
       // The channel is what a second message in a row does not break.
       const channels = [...callbacks.values()];
       let index = 0, ms = 0;
       const tell = (job) => {
         const message = { type: 'job_changed', job };
         const before = performance.now();
         for (const channel of channels) { try { channel({ index, message }); } catch { /* not the channel */ } }
         ms += performance.now() - before;
         index += 1;
       };
       // Messages that came before have their numbers.
       if (storm) for (let n = 0; n < 2000; n += 1) tell(told[0]);
       let round = 0;
       const timers = storm ? told.map((job, at) => setInterval(() => {
         round += 1;
         tell({ ...job, state: 'running', pause_reason: null, stage: 'encoding', speed_milli: 2000,
                progress_bp: Math.min(9999, Math.floor(round / count * 100)), eta_s: 10 });
       }, 100 + at % 3)) : [];
       const times = [];
       const frame = (now) => {
         times.push(now);
         if (now - times[0] < seconds * 1000) return requestAnimationFrame(frame);
         timers.forEach(clearInterval);
         done({ times, script: ms, events: index });
       };
       // The list is measured as it reports, not as all of its rows start to.
       setTimeout(() => requestAnimationFrame(frame), 1000);
     });`,
    storm,
    JOBS,
    SECONDS,
  );

/**
 * Frames a second as a screen of 60 shows them: several frames within one of its
 * own count once, or quick ones would make up for late ones.
 */
function told(name, { times }) {
  const gaps = times.slice(1).map((time, at) => time - times[at]);
  gaps.sort((a, b) => a - b);
  const shown = new Set(times.map((time) => Math.floor((time - times[0]) / FRAME_MS)));
  const rate = (shown.size * 1000) / (times.at(-1) - times[0]);
  const long = gaps.filter((gap) => gap > LONG_MS).length;
  console.log(
    `  ${name.padEnd(8)} ${rate.toFixed(1)} frames a second, median ${gaps[Math.floor(gaps.length / 2)].toFixed(1)} ms, ` +
      `95 % within ${gaps[Math.floor(gaps.length * 0.95)].toFixed(1)} ms, ${long} long tasks of more than ${LONG_MS} ms`,
  );
  return rate;
}

const [calm, storm] = [await frames(false), await frames(true)];
console.log(`window, ${JOBS} jobs that report ten times a second each, ${SECONDS} s`);
const [before, during] = [told('at rest', calm), told('storm', storm)];
const ratio = during / before;
console.log(
  `  ${storm.events} events; ratio ${ratio.toFixed(2)}, aim 0.95: ${ratio >= 0.95 ? 'met' : 'missed'}`,
);
await app.stop();
await rm(folder, { recursive: true });
