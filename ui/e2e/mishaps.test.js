/** Mishaps: odd files, a killed application, no ffmpeg, a damaged library. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { App, cli, film, unhurried } from './app.js';

let folder;
let app;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-mishaps-'));
  await film(path.join(folder, 'good.mp4'), 8);
});

afterEach(async () => {
  await app?.stop();
  app = undefined;
});

after(() => rm(folder, { recursive: true, force: true }));

test('strange files are refused by name, and the rest is taken', async () => {
  const data = path.join(folder, 'strange');
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'project', 'create', 'Mixed bag');
  const notes = path.join(folder, 'notes.txt');
  const broken = path.join(folder, 'cut short.mp4');
  await writeFile(notes, 'no film');
  await copyFile(path.join(folder, 'good.mp4'), broken);
  const file = await open(broken, 'r+');
  await file.truncate(20_000);
  await file.close();

  app = await App.start(data);
  await app.screen('projects');
  await app.click('Mixed bag');
  await app.screen('project');
  await app.drop([notes, path.join(folder, 'good.mp4'), broken]);
  await app.sees('good.mp4');
  await app.sees('2 files could not be taken.');
  const text = await app.text();
  assert.match(text, /“notes\.txt”/);
  assert.match(text, /“cut short\.mp4” is cut short/);
  await app.shot('20 refused files');
});

test('a render that was killed is offered again, and leaves no half file', async () => {
  const data = path.join(folder, 'killed');
  const out = path.join(folder, 'out');
  await mkdir(out);
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'profile', 'settings', '--output-folder', out);
  cli(data, 'project', 'create', 'Reel');
  cli(data, 'source', 'add', 'Reel', path.join(folder, 'good.mp4'));
  cli(data, 'generate', 'Reel', '--count', '1', '--target-duration', '14');

  app = await App.start(data, await unhurried(folder));
  await app.screen('projects');
  const [clip] = (await app.invoke('list_all_clips', { query: {} })).items;
  const job = await app.invoke('render_final_clip', { id: clip.id, preset: 'youtube_1080p', folder: null });
  await app.click('Queue');
  await app.screen('queue');
  await app.until('progress', async () => (await app.invoke('get_job', { id: job.id })).progress_bp > 500);
  await app.shot('21 rendering');
  await app.kill();
  assert.deepEqual(await readdir(out), []);

  app = await App.start(data);
  await app.screen('projects');
  assert.equal((await app.invoke('get_job', { id: job.id })).state, 'interrupted');
  await app.click('Queue');
  await app.sees('Rushes was closed while it ran.');
  await app.shot('22 interrupted');
  await app.click('Go on');
  await app.until(
    'the final',
    async () => (await app.invoke('get_job', { id: job.id })).state === 'done',
    180_000,
  );
  await app.shot('23 done');
  assert.equal((await readdir(out)).length, 1);
});

test('without ffmpeg the first screen says so and offers the ways to get it', async () => {
  const data = path.join(folder, 'bare');
  await mkdir(data);
  const settings = {
    theme: 'dark',
    language: 'system',
    ffmpeg_path: path.join(folder, 'nowhere', 'ffmpeg'),
    output_folder: null,
    auto_advance: true,
  };
  await writeFile(path.join(data, 'settings.json'), JSON.stringify({ settings }));
  app = await App.start(data);
  await app.screen('first-run');
  await app.sees('ffmpeg was not found');
  await app.sees('apt install ffmpeg');
  await app.sees('Look again');
  await app.shot('24 no ffmpeg');
  assert.equal(await (await app.control('Start with sample footage')).isEnabled(), false);
});

test('a damaged library goes back to its newest snapshot, and the broken file is kept', async () => {
  const data = path.join(folder, 'damaged');
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'project', 'create', 'Old work');
  // The daily snapshot was taken by the first command, before there was a project.
  cli(data, 'library', 'snapshot');
  const file = await open(path.join(data, 'rushes.db'), 'r+');
  await file.write(Buffer.alloc(60_000, 0x5a), 0, 60_000, 4096);
  await file.close();

  app = await App.start(data);
  await app.sees('The library could not be opened');
  await app.shot('25 damaged library');
  await app.click('Restore the newest snapshot');
  await app.sees('The library is back');
  await app.shot('26 restored');
  await app.click('Open the library');
  await app.screen('projects');
  await app.sees('Old work');
  assert.ok((await readdir(data)).some((name) => name.startsWith('rushes.db.broken-')));
});
