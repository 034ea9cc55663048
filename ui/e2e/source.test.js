/** The timeline of a source in the real window: analysed automatically, settled, used. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { App } from './app.js';

const run = promisify(execFile);
let folder;
let app;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-source-'));
  await talk(path.join(folder, 'Talk at the harbour.mp4'));
  app = await App.start(path.join(folder, 'data'));
});

after(async () => {
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a source is looked at by itself when it is opened', async () => {
  await app.screen('first-run');
  await app.type('Name of your profile', 'Ana');
  await app.click('Create profile');
  await app.screen('projects');
  const project = await app.invoke('create_project', {
    project: { name: 'Harbour', target_duration_us: 6e6 },
  });
  const added = await app.invoke('add_sources', {
    projectId: project.id,
    paths: [path.join(folder, 'Talk at the harbour.mp4')],
    copy: false,
  });
  const source = added[0].done.id;
  await app.script(`location.hash = '#/source/${source}'`);
  await app.screen('source');
  await app.shot('30 source, looking');
  const analysis = await app.until('the analysis', async () => {
    const told = await app.invoke('get_source_analysis', { id: source });
    return told?.detail === 'full' && told;
  });
  const cuts = analysis.shots.slice(1).map((shot) => shot.start_us / 1e6);
  assert.deepEqual(cuts, [6, 12, 18]);
  assert.ok(analysis.has_sound && analysis.silences.length > 0, 'it falls silent in between');
  await app.until('the candidates', async () => (await app.all('[data-candidate]')).length > 0);
  await app.sees('4 shots');
  await app.until('the film sheet', () =>
    app.script(`return fetch(performance.getEntriesByType('resource')
      .map((entry) => entry.name).find((name) => name.endsWith('/sheet'))).then((r) => r.ok, () => true)`),
  );
  await app.shot('31 source');
});

test('the time line zooms, and a candidate tells why and becomes a segment', async () => {
  await app.press('+', '+', '+');
  await app.shot('32 source, near');
  await app.press('0', 'c');
  await app.until('the reasons', () => app.css('[data-card]'));
  await app.shot('33 source, a candidate');
  await app.click('Make segment');
  await app.until('the segment', async () => {
    const sources = await app.invoke('list_all_sources');
    return (await app.invoke('list_segments', { projectId: sources[0].project_id })).length === 1;
  });
  await app.shot('34 source, a segment');
});

/** Four scenes of 6 s with sound in each but the third. */
async function talk(file) {
  const pictures = ['testsrc2', 'mandelbrot', 'smptehdbars', 'rgbtestsrc'];
  const inputs = pictures.flatMap((picture) => [
    '-f',
    'lavfi',
    '-t',
    '6',
    '-i',
    `${picture}${picture.includes('=') ? ':' : '='}s=1280x720:r=25`,
  ]);
  const sound = "sine=f=220:d=24,tremolo=f=3:d=0.9,volume=enable='between(t,12,18)':volume=0";
  const graph =
    pictures.map((_, n) => `[${n}:v]setsar=1,format=yuv420p[v${n}];`).join('') +
    pictures.map((_, n) => `[v${n}]`).join('') +
    'concat=n=4:v=1:a=0[v]';
  await run('ffmpeg', [
    ...['-v', 'error', '-y', ...inputs, '-f', 'lavfi', '-i', sound, '-filter_complex', graph],
    ...[
      '-map',
      '[v]',
      '-map',
      '4:a',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-c:a',
      'aac',
      '-shortest',
      file,
    ],
  ]);
}
