/** The main job in the real window, across a restart and two profiles. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { App, film, pause, probe } from './app.js';

let folder;
let data;
let app;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-e2e-'));
  data = path.join(folder, 'data');
  await film(path.join(folder, 'Beach day.mp4'), 6);
  await film(path.join(folder, "Ana's “night” 100 %.mp4"), 5);
  app = await App.start(data);
});

after(async () => {
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a newcomer makes a profile', async () => {
  await app.screen('first-run');
  await app.shot('01 first run');
  await app.type('Name of your profile', 'Ana');
  await app.click('Create profile');
  await app.screen('projects');
  await app.sees('No projects yet');
  await app.shot('02 no projects');
});

test('makes a project and drops two videos on it', async () => {
  await app.click('New project');
  await app.until('the name to be asked for', () =>
    app.script(`const field = document.activeElement;
      return field?.tagName === 'INPUT' && field.selectionEnd === field.value.length && field.value !== ''`),
  );
  await app.press('Spring campaign', 'enter');
  await openProject('Spring campaign');
  await app.shot('03 empty project');
  const files = ['Beach day.mp4', "Ana's “night” 100 %.mp4"].map((name) => path.join(folder, name));
  await app.drop(files, () => app.shot('04 files over the window'));
  await app.sees('Beach day.mp4');
  await app.sees('2 sources were added.');
  await app.shot('05 sources');
});

test('generates clips and watches them come', async () => {
  await app.click('Generate');
  await app.type('How many', '4');
  await app.type('How long', '3');
  await app.press('tab');
  await app.shot('06 generate');
  await app.click('Make 4 clips');
  await app.until('progress', () => app.css('[role="progressbar"]'));
  await app.shot('07 making');
  await app.until('four clips that stay as they are', async () => {
    const { items } = await clips();
    return items.length === 4 && items.every((clip) => !clip.provisional);
  });
  await app.until('their pictures', async () => (await loadedPictures()) >= 4);
  await app.shot('08 rushes');
});

test('picks two, rejects one, and takes a verdict back', async () => {
  await app.click('Triage');
  await app.screen('triage');
  await playing();
  await app.shot('09 triage');
  await app.press('p');
  await app.press('x');
  await app.press('p');
  await app.press('x');
  await app.press('z');
  await app.until('the verdicts in the library', async () => {
    const flags = (await clips()).items.map((clip) => clip.flag).sort();
    return flags.join() === 'picked,picked,rejected,unflagged';
  });
  await app.shot('10 judged');
});

test('renders a pick for TikTok and plays it', async () => {
  await app.press('escape');
  await app.screen('project');
  await stage('picks');
  await app.until(
    'two picks',
    async () => (await app.all('[data-screen="project"] [role="option"]')).length === 2,
  );
  await app.shot('11 picks');
  const pick = (await clips()).items.find((clip) => clip.flag === 'picked');
  await (await app.css('[data-screen="project"] [role="option"]')).click();
  await app.click('Render…');
  await app.until('the presets', () => app.css('[role="dialog"]'));
  const tiktok = await app.until('TikTok', () => app.choice('TikTok'));
  if (
    (await tiktok.getAttribute('aria-checked')) !== 'true' &&
    (await tiktok.getAttribute('aria-pressed')) !== 'true'
  )
    await tiktok.click();
  await pause(500);
  await app.shot('12 render');
  await app.startRender();
  const final = await app.until(
    'the final',
    async () => (await app.invoke('list_exports', { projectId: null }))[0],
  );
  assert.equal(final.preset, 'tiktok');

  const detail = await app.invoke('get_clip', { id: final.clip_id });
  const facts = await probe(final.path);
  const video = facts.streams.find((stream) => stream.codec_type === 'video');
  const audio = facts.streams.find((stream) => stream.codec_type === 'audio');
  assert.deepEqual(
    [video.width, video.height, video.sample_aspect_ratio, video.pix_fmt, video.codec_name, video.profile],
    [1080, 1920, '1:1', 'yuv420p', 'h264', 'High'],
  );
  assert.deepEqual([audio.codec_name, audio.sample_rate], ['aac', '48000']);
  const frame = 1 / 25;
  assert.ok(Math.abs(Number(video.duration) - detail.clip.duration_us / 1e6) <= frame);
  assert.ok(pick);

  await stage('finals');
  await app.sees('TikTok');
  await app.shot('13 finals');
  await app.until('a play button', async () => await playButton()).then((button) => button.click());
  await playing('/export/');
  await app.shot('14 final plays');
  await app.press('escape');
});

test('finds everything again after a restart', async () => {
  await app.stop();
  app = await App.start(data);
  await app.screen('projects');
  await app.sees('Spring campaign');
  await app.until('the mosaic', async () => (await loadedPictures()) >= 4);
  await app.shot('15 after restart');
  const flags = (await clips()).items.map((clip) => clip.flag).sort();
  assert.equal(flags.join(), 'picked,picked,rejected,unflagged');
  assert.equal((await app.invoke('list_exports', { projectId: null })).length, 1);
});

test('another profile shows nothing of it', async () => {
  const mine = await app.invoke('current_profile');
  const { items } = await clips();
  await app.click('Settings');
  await app.screen('settings');
  await app.shot('16 settings');
  const other = await app.invoke('create_profile', { name: 'Ben', colour: '#3FB6A8' });
  assert.ok(other.id);
  // The page is notified too, and assigns it a key.
  await app.sees('Ben');
  await app.chord('control', '2');
  await app.screen('projects');
  await app.until(
    'the other profile',
    async () => (await app.invoke('current_profile')).profile.name === 'Ben',
  );
  await app.sees('No projects yet');
  await app.shot('17 other profile');
  const text = await app.text();
  for (const hidden of ['Spring campaign', 'Beach day', 'night']) assert.ok(!text.includes(hidden), hidden);
  assert.equal((await app.invoke('list_projects', { query: {} })).total, 0);
  assert.equal((await app.invoke('list_all_clips', { query: {} })).total, 0);
  assert.equal((await app.invoke('list_jobs', { query: {} })).length, 0);
  assert.equal((await app.invoke('get_clip', { id: items[0].id })).error.notice.code, 'not_found');
  // The URLs of the previous profile are no longer valid.
  const picture = `${mine.media_base}/clip/${items[0].id}/thumb`;
  assert.equal((await fetch(picture)).status, 404);
});

async function openProject(name) {
  if (!(await app.css('[data-screen="project"]'))) await app.click(name);
  await app.screen('project');
}

async function stage(name) {
  const tab = await app.until(`the stage ${name}`, () => app.css(`#stage-${name}`));
  await tab.click();
}

async function clips() {
  return app.invoke('list_all_clips', { query: { limit: 100 } });
}

function loadedPictures() {
  return app.script(
    `return [...document.images].filter((image) => image.complete && image.naturalWidth > 0).length`,
  );
}

/** Waits until a video is visible and its time advances. */
async function playing(part = '') {
  const time = () =>
    app.script(
      `const [part] = arguments;
       const videos = [...document.querySelectorAll('video')].filter(
         (v) => v.dataset.shown !== 'false' && v.currentSrc.includes(part) && v.readyState >= 2,
       );
       return Math.max(0, ...videos.map((v) => v.currentTime));`,
      part,
    );
  await app.until('a film that plays', async () => {
    const first = await time();
    await pause(300);
    return first > 0 && (await time()) > first;
  });
}

function playButton() {
  return app.script(
    `return [...document.querySelectorAll('[data-screen="project"] button')]
       .find((e) => /^Play/.test(e.getAttribute('aria-label') ?? e.textContent.trim())) ?? null`,
  );
}
