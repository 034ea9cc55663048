/**
 * The clip editor in the real window: stepping through videos, writing
 * captions, rendering what is missing.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { App, cli, film, pause } from './app.js';

/** What has not appeared after this long will not, in milliseconds. */
const SOON = 5_000;

let folder;
let app;
let clip;
let source;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-editor-'));
  const data = path.join(folder, 'data');
  await film(path.join(folder, 'good.mp4'), 4);
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'project', 'create', 'Reel');
  cli(data, 'source', 'add', 'Reel', path.join(folder, 'good.mp4'));
  cli(data, 'generate', 'Reel', '--count', '2', '--target-duration', '3');
  app = await App.start(data);
  await app.screen('projects');
  [clip] = (await app.invoke('list_all_clips', { query: {} })).items;
  source = (await app.invoke('list_all_sources'))[0].id;
});

after(async () => {
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

const screens = () => [
  ['clip', `#/clip/${clip.id}`, 'left'],
  ['source', `#/source/${source}`, 'left'],
  ['triage', `#/triage/${clip.project_id}/all/${clip.id}`, ','],
];

test('a film steps back from its end, whether it was gone to or played to', async () => {
  for (const [screen, address, back] of screens()) {
    await go(screen, address);
    await app.press('end');
    await stepsBack(screen, back);
    // Once more from the end that it runs into.
    await app.chord('shift', Key.ARROW_LEFT);
    await app.until(`a second back in ${screen}`, () => app.script('return !film().seeking'), SOON);
    const before = await app.script('return film().currentTime');
    await app.press('space');
    await app.until(
      `the end in ${screen}`,
      async () =>
        (await app.script('return film().currentTime > arguments[0] + 0.5', before)) &&
        (await app.control('Play')),
      2 * SOON,
    );
    await stepsBack(screen, back);
    await app.press('space');
    await app.until(`${screen} to go on`, () => app.script('return !film().paused && !film().seeking'), SOON);
    await app.press('k');
  }
});

test('a film that ran faster stops, with nothing over its picture', async () => {
  for (const [screen, address] of screens()) {
    await go(screen, address);
    await app.press('home', 'l');
    await pause(300);
    await app.press('l');
    await pause(300);
    await app.press('k');
    await pause(600);
    const [waits, at] = await app.script(
      `return [[...document.querySelectorAll('[role="status"]')].some((e) => e.textContent.trim() === 'Loading'), film().currentTime]`,
    );
    await pause(300);
    assert.deepEqual([waits, await app.script('return film().currentTime')], [false, at], screen);
  }
});

test('a new caption takes what is typed', async () => {
  await go('clip', `#/clip/${clip.id}`);
  const { cuts } = (await app.invoke('get_clip', { id: clip.id })).clip;
  await app.press('home');
  await app.chord('control', Key.ENTER);
  await type('Nobody rode on ice');
  await app.press('escape');
  await app.until('the caption', async () => {
    const { content } = await app.invoke('get_clip', { id: clip.id });
    return content.captions[0]?.text === 'Nobody rode on ice';
  });
  // With the button, after the video has moved on. Far enough from the end to
  // leave room for a caption.
  await app.press('end', ...Array(20).fill('left'));
  await app.click('Add a caption');
  await type('Over');
  await app.shot('60 captions');
  await app.until('the second caption', async () => {
    const { content } = await app.invoke('get_clip', { id: clip.id });
    return content.captions[1]?.text === 'Over';
  });
  await app.press('escape');
  await app.screen('clip');
  assert.deepEqual((await app.invoke('get_clip', { id: clip.id })).clip.cuts, cuts);
});

test('a render that fails at once is shown as failed, and without its source none is offered', async () => {
  await chooseTikTok();
  await app.until('the estimate', async () => (await renderButton()) === 'Render 1 file');
  await rename(path.join(folder, 'good.mp4'), path.join(folder, 'elsewhere.mp4'));
  await app.startRender();
  const job = await app.until('the job to fail', async () =>
    (await app.invoke('list_jobs', { query: {} })).find((each) => each.state === 'failed'),
  );
  await go('queue', '#/queue');
  const row = `[aria-labelledby="queue-ended"] [data-job="${job.id}"]`;
  await app.until('its end', () => app.css(row), SOON);
  await app.shot('61 failed at once');

  await chooseTikTok();
  await app.sees('The source files are missing.');
  await app.shot('62 render without its source');
  assert.equal(await renderButton(), null);
  await app.press('escape');
});

async function chooseTikTok() {
  await open('clip', `#/clip/${clip.id}`);
  await app.press('r');
  const tiktok = await app.until('TikTok', () => app.choice('TikTok'));
  if ((await tiktok.getAttribute('aria-checked')) !== 'true') await tiktok.click();
}

/** The label of the button that starts the render; null while there is nothing to start. */
function renderButton() {
  return app.script(
    `const all = [...document.querySelectorAll('[role="dialog"] button')];
     const button = all.findLast((e) => e.textContent.trim().startsWith('Render'));
     return button && !button.disabled ? button.firstChild.textContent.trim() || button.textContent.trim() : null`,
  );
}

/**
 * Goes to a screen, waits for its video, and makes it available as `film()`. It
 * is a different element than before.
 */
async function go(screen, address) {
  await open(screen, address);
  if (screen === 'queue') return;
  await app.until(`the film in ${screen}`, () =>
    app.script(
      `window.film = () => [...document.querySelectorAll('video')].find((v) => v.dataset.shown !== 'false');
       return film()?.readyState >= 3 && film().duration > 1`,
    ),
  );
}

async function open(screen, address) {
  await app.script("location.hash = '#/projects'");
  await app.screen('projects');
  await app.script('location.hash = arguments[0]', address);
  await app.screen(screen);
}

async function stepsBack(screen, key) {
  for (let step = 1; step <= 3; step += 1) {
    const before = await app.script('return film().currentTime');
    await app.press(key);
    await app.until(
      `step ${step} back in ${screen}`,
      () => app.script('return !film().seeking && film().currentTime < arguments[0]', before),
      SOON,
    );
  }
}

/** Types letter by letter, wherever the focus is. */
async function type(text) {
  await app.press(...text);
}
