/**
 * An event storm in the real window: 50 jobs that each report ten times a
 * second, against the same queue at rest. Run by `make bench`, on the release
 * build.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, cli, film } from './app.js';
import { against, framesOf, told } from './frames.js';

const JOBS = 50;
const SECONDS = 6;

const folder = await mkdtemp(path.join(tmpdir(), 'rushes-storm-'));
const data = path.join(folder, 'library');
await film(path.join(folder, 'film.mp4'), 8);
for (const name of ['Ana', 'Ben']) cli(data, 'profile', 'create', name);
cli(data, '--profile', 'Ana', 'project', 'create', 'Reel');
cli(data, '--profile', 'Ana', 'source', 'add', 'Reel', path.join(folder, 'film.mp4'));
cli(data, '--profile', 'Ana', 'generate', 'Reel', '--count', '5', '--target-duration', '2');
cli(data, '--profile', 'Ana', 'job', 'hold');

const app = await App.start(data);
await app.screen('projects');
const clips = (await app.invoke('list_all_clips', { query: {} })).items.map((clip) => clip.id);
const presets = (await app.invoke('list_export_presets')).map((preset) => preset.key);
await app.invoke('bulk_render_clips', { ids: clips, presets, folder: null });
await app.click('Queue');
await app.screen('queue');

/**
 * Has the jobs report while the frames are counted. The events take the real
 * path: through the channel the page listens to.
 */
const storm = () =>
  app.asynchronously(
    `const [count, done] = arguments;
     const { callbacks, invoke } = window.__TAURI_INTERNALS__;
     invoke('plugin:rushes|list_jobs', { query: { active: true, limit: 500 } }).then((jobs) => {
       const told = jobs.slice(0, count);
       // The channel is the callback that a second message in a row does not break.
       const channels = [...callbacks.values()];
       let index = 0;
       const tell = (job) => {
         const message = { type: 'job_changed', job };
         for (const channel of channels) { try { channel({ index, message }); } catch { /* not the channel */ } }
         index += 1;
       };
       // Earlier messages have used up some numbers.
       for (let n = 0; n < 2000; n += 1) tell(told[0]);
       let round = 0;
       const timers = told.map((job, at) => setInterval(() => {
         round += 1;
         tell({ ...job, state: 'running', pause_reason: null, stage: 'encoding', speed_milli: 2000,
                progress_bp: Math.min(9999, Math.floor(round / count * 100)), eta_s: 10 });
       }, 100 + at % 3));
       window.calm = () => { timers.forEach(clearInterval); return round; };
       // Measure the list while it reports, not while all of its rows start to.
       setTimeout(done, 1000);
     });`,
    JOBS,
  );

console.log(`window, ${JOBS} jobs that report ten times a second each, ${SECONDS} s`);
const rest = told('at rest', await framesOf(app, SECONDS));
await storm();
const during = told('storm', await framesOf(app, SECONDS));
against(rest, during, `${await app.script('return window.calm()')} events`);
await app.stop();
await rm(folder, { recursive: true });
