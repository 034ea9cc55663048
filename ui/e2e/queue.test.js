/** The queue in the real window: pausing, ordering, a job's page, quitting, and a second start. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Key } from 'selenium-webdriver';
import { App, binary, cli, film, processes, terminal, unhurried } from './app.js';

const run = promisify(execFile);
const PRESETS = ['youtube_1080p', 'square', 'x', 'linkedin', 'tiktok'];

let folder;
let data;
let slow;
let app;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-queue-'));
  data = path.join(folder, 'library');
  slow = await unhurried(folder);
  await film(path.join(folder, 'good.mp4'), 8);
  const [out, bens] = [path.join(folder, 'out'), path.join(folder, 'bens')];
  await run('mkdir', [out, bens]);
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'profile', 'create', 'Ben', '--colour', '#22C55E');
  for (const [profile, target] of [
    ['Ana', out],
    ['Ben', bens],
  ]) {
    cli(data, '--profile', profile, 'profile', 'settings', '--output-folder', target);
    cli(data, '--profile', profile, 'project', 'create', `${profile}’s reel`);
    cli(data, '--profile', profile, 'source', 'add', `${profile}’s reel`, path.join(folder, 'good.mp4'));
    cli(
      data,
      '--profile',
      profile,
      'generate',
      `${profile}’s reel`,
      '--count',
      '1',
      '--target-duration',
      '14',
    );
  }
});

afterEach(async () => {
  await app?.stop();
  app = undefined;
});

after(() => rm(folder, { recursive: true, force: true }));

test('a batch is held, put in another order, looked into, and goes on', async () => {
  app = await App.start(data, slow);
  await app.screen('projects');
  const jobs = await renderAll();
  await app.click('Queue');
  await app.screen('queue');
  await working(jobs[0]);
  await app.shot('40 queue');
  await app.click('Hold the queue');
  await app.sees('The queue is held');
  await app.until('all of it stands', async () => (await app.invoke('get_queue')).running === 0);
  await app.shot('41 queue held');

  // Moves the last waiting job to the front, by keyboard only.
  const waiting = async () =>
    (await app.invoke('list_jobs', { query: { active: true } }))
      .filter((job) => job.state === 'queued')
      .sort((a, b) => a.position - b.position)
      .map((job) => job.id);
  const [first, ...rest] = await waiting();
  const last = rest.at(-1);
  await app.until('its row', () => app.css(`[data-job="${last}"]`));
  await app.script('document.querySelector(arguments[0]).focus()', `[data-job="${last}"] [data-row-main]`);
  await app.chord('alt', Key.HOME);
  await app.until('the new order', async () => (await waiting())[0] === last);
  assert.equal((await waiting())[1], first);

  await app.press('enter');
  await app.screen('job');
  await app.sees('Put in the queue');
  await app.shot('42 job');
  await app.press('escape');
  await app.screen('queue');
  await app.click('Let it go on');
  await app.until('it goes on', async () => (await app.invoke('get_queue')).running > 0);

  const [{ batch_id: batch }] = jobs;
  await app.invoke('cancel_batch', { batchId: batch });
  await app.until('it is over', async () => (await app.invoke('get_queue')).running === 0);
  await app.shot('43 queue over');
  assert.equal(await app.script('return document.body.innerText.includes("Ben’s reel")'), false);
});

test('closing asks, and work goes on with the next start, for two profiles', async () => {
  app = await App.start(data, slow);
  await app.screen('projects');
  const job = await app.invoke('render_final_clip', {
    id: await clip(),
    preset: 'youtube_1080p',
    folder: null,
  });
  const rendering = run(terminal, [
    '--json',
    ...['--data-dir', data, '--profile', 'Ben', 'render', 'start', await bensClip(), '--preset', 'square'],
  ]);
  await working(job);
  await app.close();
  await app.sees('Keep working in the background');
  await app.shot('44 quit');
  await app.press('escape');
  await app.until(
    'the dialog goes',
    async () => !(await app.text()).includes('Keep working in the background'),
  );
  await app.close();
  await leaveBy('Go on with the next start');
  await app.until('it ends', async () => (await processes()).length === 0);
  await app.stop();
  await rendering;

  app = await App.start(data);
  await app.screen('projects');
  await app.until(
    'the final',
    async () => (await app.invoke('get_job', { id: job.id })).state === 'done',
    180_000,
  );
  assert.equal((await readdir(path.join(folder, 'out'))).length, 1);
  assert.equal((await readdir(path.join(folder, 'bens'))).length, 1);
});

test('work goes on without a window, and its end is told by the desktop', async (t) => {
  const desktop = await noticesOfTheDesktop();
  t.after(() => desktop.stop());
  app = await App.start(data, slow);
  await app.screen('projects');
  const before = (await readdir(path.join(folder, 'out'))).length;
  const jobs = await renderAll(['square', 'x']);
  await working(jobs[0]);
  await app.close();
  await leaveBy('Keep working in the background');
  await app.until('the window goes', async () => !(await app.isSeen()));
  assert.equal((await processes()).length, 1);
  await app.until('it ends', async () => (await processes()).length === 0, 180_000);
  assert.equal((await readdir(path.join(folder, 'out'))).length, before + 2);
  assert.deepEqual(desktop.notices, [{ title: 'Finished', text: '2 finals are ready.' }]);
});

test('a second start hands its files to the first', async () => {
  app = await App.start(data);
  await app.screen('projects');
  const second = await run(binary, [path.join(folder, 'good.mp4')], {
    env: { ...process.env, RUSHES_DATA_DIR: data },
  });
  assert.equal(second.stderr.includes('cannot start'), false);
  await app.sees('Add 1 file to a project');
  await app.shot('45 opened with Rushes');
  await app.until('a click on the new project', async () => {
    const button = await app.choice('New project');
    await button?.click();
    return button;
  });
  await app.until('a project of the file', async () => {
    const { items } = await app.invoke('list_projects', { query: {} });
    return items.some((project) => project.name === 'good');
  });
  assert.equal((await processes()).length, 1);
});

async function clip() {
  return (await app.invoke('list_all_clips', { query: {} })).items[0].id;
}

async function bensClip() {
  return JSON.parse(cli(data, '--json', '--profile', 'Ben', 'clip', 'list')).items[0].id;
}

/** Replaces the desktop's notification service; notifications are collected in a list. */
async function noticesOfTheDesktop() {
  const script = fileURLToPath(new URL('notices.py', import.meta.url));
  const service = spawn('/usr/bin/python3', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const notices = [];
  const lines = createInterface({ input: service.stdout });
  await once(lines, 'line');
  lines.on('line', (line) => notices.push(JSON.parse(line)));
  return { notices, stop: () => service.kill() };
}

async function renderAll(presets = PRESETS) {
  const answers = await app.invoke('bulk_render_clips', {
    ids: [await clip()],
    presets,
    folder: null,
  });
  return answers.map((answer) => answer.done);
}

/** Clicks an option that closes the window: the driver may not answer then. */
async function leaveBy(name) {
  const choice = await app.until('the choice', () => app.choice(name));
  choice.click().catch(() => undefined);
}

async function working(job) {
  await app.until('progress', async () => (await app.invoke('get_job', { id: job.id })).progress_bp > 100);
}
