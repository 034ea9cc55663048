/**
 * How soon clips of long footage play: from Generate to the first clip that
 * plays and to all of them, and from a key in triage to the next picture, on an
 * hour of 1080p with key frames every 15 and every 250 frames. Run by
 * `make bench`, on the release build.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { App, cli, pause, root } from './app.js';

const run = promisify(execFile);
/** What differs lasts so long, in seconds; it is repeated until the film is an hour long. */
const UNLIKE_S = 360;
const TIMES = 10;
/** Scenes of what differs: pictures of their own hue, size and direction. */
const SCENE_S = 12;
/** Clips of the generation, and its limits in seconds. */
const CLIPS = 12;
const FIRST_S = 3;
const ALL_S = 6;
/** Clips of the triage, and pauses between keys in milliseconds. */
const JUDGED = 60;
const CALM_MS = 700;
const FAST_MS = 200;
/** Limits from a key to the next picture, in milliseconds. */
const AIMS = {
  15: { calm: { median: 50, p95: 120 }, fast: { p95: 250 } },
  250: { calm: { median: 50, p95: 120 }, fast: { still: 50, film: 600 } },
};

/** An hour of 1080p with a key frame every `gop` frames, made once. */
async function hour(gop) {
  const folder = path.join(root, 'target/reels/hours');
  const file = path.join(folder, `hour-${gop}.mp4`);
  if (
    await access(file).then(
      () => true,
      () => false,
    )
  )
    return file;
  await mkdir(folder, { recursive: true });
  console.log(`  making an hour with a key frame every ${gop} frames`);
  const scenes = UNLIKE_S / SCENE_S;
  const pieces = [];
  for (let scene = 0; scene < scenes; scene += 1) {
    const piece = path.join(folder, `piece-${gop}-${scene}.mp4`);
    const source =
      scene % 2
        ? `testsrc2=s=1920x1080:r=25:d=${SCENE_S}`
        : `life=s=480x270:r=25:seed=${scene + 1}:mold=10:death_color=red,scale=1920:1080:flags=neighbor`;
    await run('ffmpeg', [
      ...['-v', 'error', '-y', '-f', 'lavfi', '-t', String(SCENE_S), '-i', source],
      ...['-f', 'lavfi', '-t', String(SCENE_S), '-i', `sine=f=${200 + 40 * scene}:r=48000`],
      ...['-vf', `hue=h=${(scene * 67) % 360}${scene % 3 ? '' : ',hflip'}`, '-pix_fmt', 'yuv420p'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '6M', '-maxrate', '8M', '-bufsize', '12M'],
      ...['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0', '-c:a', 'aac', piece],
    ]);
    pieces.push(piece);
  }
  const list = path.join(folder, `list-${gop}.txt`);
  const lines = Array.from({ length: TIMES }, () => pieces.map((piece) => `file '${piece}'`)).flat();
  await writeFile(list, lines.join('\n'));
  const draft = path.join(folder, `draft-${gop}.mp4`);
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-f',
    'concat',
    '-safe',
    '0',
    '-i',
    list,
    '-c',
    'copy',
    '-movflags',
    '+faststart',
    draft,
  ]);
  await Promise.all([...pieces, list].map((file) => rm(file)));
  await rename(draft, file);
  return file;
}

/** Keeps, in the page, when each clip was asked for by a key and when its still and its film were there. */
const WATCH = `
  window.steps = [];
  addEventListener('keydown', (event) => {
    if (event.key === 'ArrowRight') window.steps.push({ at: performance.now(), from: shown() });
  }, true);
  function shown() {
    return document.querySelector('video[data-shown="true"]')?.dataset.clip ?? null;
  }
  requestAnimationFrame(function look(now) {
    const step = window.steps.at(-1);
    const video = document.querySelector('video[data-shown="true"]');
    if (step && video && video.dataset.clip !== step.from && step.film === undefined) {
      const still = [...document.querySelectorAll('[data-still]')].find((image) => !image.classList.contains('invisible'));
      if (still) {
        if (step.still === undefined && still.complete && still.naturalWidth > 0) step.still = performance.now() - step.at;
      } else if (video.readyState >= 2 && !video.seeking) step.film = performance.now() - step.at;
    }
    requestAnimationFrame(look);
  });`;

const share = (values, at) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Infinity;
};
const verdict = (met) => (met ? 'met' : 'missed');

async function steps(app, pause_ms) {
  await app.script('window.steps.length = 0');
  for (let step = 1; step < JUDGED; step += 1) {
    const begun = Date.now();
    await app.press('arrow_right');
    await pause(Math.max(0, pause_ms - (Date.now() - begun)));
  }
  await pause(2_000);
  return app.script('return window.steps');
}

async function bench(gop) {
  const file = await hour(gop);
  // The film is in the system's cache.
  await run('cp', [file, '/dev/null']);
  const data = await mkdtemp(path.join(tmpdir(), 'rushes-instant-'));
  cli(data, 'profile', 'create', 'Ana');
  cli(data, 'project', 'create', 'Reel');
  cli(data, 'source', 'add', 'Reel', file);
  const app = await App.start(data);
  await app.screen('projects');
  const [source] = await app.invoke('list_all_sources');
  const project = source.project_id;
  console.log(`window, an hour of 1080p, a key frame every ${gop} frames`);

  await app.script('location.hash = arguments[0]', `#/project/${project}/rushes`);
  await app.screen('project');
  const begun = Date.now();
  const request = {
    source_ids: [],
    kind: 'highlight',
    count: CLIPS,
    target_duration_us: 15_000_000,
    seed: 1,
  };
  await app.invoke('generate_raw_clips', { projectId: project, request });
  await app.until('the first clip', async () => (await app.all('[data-clip]')).length > 0);
  const proposed = (Date.now() - begun) / 1000;
  await app.script('location.hash = arguments[0]', `#/triage/${project}/all`);
  await app.screen('triage');
  await app.until('the first clip to play', () =>
    app.script(`const video = document.querySelector('video[data-shown="true"]');
      return video && !video.paused && !video.seeking && video.readyState >= 2`),
  );
  const first = (Date.now() - begun) / 1000;
  console.log(`  proposed             ${proposed.toFixed(1)} s`);
  console.log(
    `  first clip plays     ${first.toFixed(1)} s; at most ${FIRST_S}: ${verdict(first <= FIRST_S)}`,
  );
  const all = await app.until('all clips', async () => {
    const { items } = await app.invoke('list_all_clips', { query: { limit: 500 } });
    return items.length >= CLIPS && (Date.now() - begun) / 1000;
  });
  console.log(`  all ${CLIPS} are there     ${all.toFixed(1)} s; at most ${ALL_S}: ${verdict(all <= ALL_S)}`);
  const job = (await app.invoke('list_jobs', { query: { active: true } })).find(
    ({ kind }) => kind === 'generate',
  );
  if (job) await app.invoke('cancel_job', { id: job.id });

  // Clips in even distances, as many as are judged.
  const length = source.facts.duration_us;
  for (let number = 0; number < JUDGED; number += 1) {
    const in_us = Math.round((length * (number + 0.37)) / JUDGED);
    await app.invoke('add_segment', { segment: { source_id: source.id, in_us, out_us: in_us + 8_000_000 } });
  }
  const from = { variant_count: 50, selection_mode: 'sequential', target_duration_us: 8_000_000 };
  await app.invoke('generate_from_segments', { projectId: project, request: from });
  await app.until(
    'the job to end',
    async () => (await app.invoke('list_jobs', { query: { active: true } })).length === 0,
    600_000,
  );

  await app.script("location.hash = '#/projects'");
  await app.screen('projects');
  await app.script('location.hash = arguments[0]', `#/triage/${project}/all`);
  await app.screen('triage');
  await pause(3_000);
  await app.script(WATCH);
  const aims = AIMS[gop];
  const calm = (await steps(app, CALM_MS)).map((step) =>
    Math.min(step.still ?? Infinity, step.film ?? Infinity),
  );
  const [median, p95] = [share(calm, 0.5), share(calm, 0.95)];
  console.log(
    `  a key each 0.7 s     picture after ${median.toFixed(0)} ms, 95 % within ${p95.toFixed(0)} ms; aims ${aims.calm.median} and ${aims.calm.p95}: ${verdict(median < aims.calm.median && p95 < aims.calm.p95)}`,
  );
  await app.press('home');
  await app.script('location.hash = arguments[0]', '#/projects');
  await app.screen('projects');
  await app.script('location.hash = arguments[0]', `#/triage/${project}/all`);
  await app.screen('triage');
  await pause(3_000);
  const fast = await steps(app, FAST_MS);
  const pictures = fast.map((step) => Math.min(step.still ?? Infinity, step.film ?? Infinity));
  const films = fast.map((step) => step.film).filter((film) => film !== undefined);
  console.log(
    `  five keys a second   picture after ${share(pictures, 0.5).toFixed(0)} ms, 95 % within ${share(pictures, 0.95).toFixed(0)} ms; film 95 % within ${share(films, 0.95).toFixed(0)} ms of ${films.length}; aims ${JSON.stringify(aims.fast)}`,
  );
  await app.stop();
  await rm(data, { recursive: true });
}

const chosen = process.argv[2];
for (const gop of [15, 250]) if (!chosen || chosen === String(gop)) await bench(gop);
