/**
 * Takes the screenshots of README.md from the real window, with sample footage.
 * Run by `make screenshots`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, cli, pause, root } from './app.js';

const folder = await mkdtemp(path.join(tmpdir(), 'rushes-pictures-'));
const data = path.join(folder, 'data');
cli(data, 'profile', 'create', 'Ana', '--colour', '#3FB6A8');
cli(data, 'profile', 'create', 'Northlight Studio', '--colour', '#E8A13A');
cli(data, '--profile', 'Ana', 'project', 'create', 'Spring campaign');
cli(data, 'sample', path.join(folder, 'footage'));
cli(data, '--profile', 'Ana', 'source', 'add', 'Spring campaign', path.join(folder, 'footage'));
cli(data, '--profile', 'Ana', 'generate', 'Spring campaign', '--count', '8', '--target-duration', '5');

const settings = {
  theme: 'dark',
  language: 'en',
  ffmpeg_path: null,
  output_folder: null,
  auto_advance: true,
};
await writeFile(path.join(data, 'settings.json'), JSON.stringify({ settings }));
const app = await App.start(data);
await app.screen('projects');
await app.click('Spring campaign');
await app.screen('project');
await app.until('the clips', () => app.css('[role="option"]'));
await app.press('home', 'p', 'right', 'right', 'p', 'right', 'x', 'right', 'p', 'home', 'escape');
await settle();
await picture('rushes');
await app.click('Triage');
await app.screen('triage');
await app.press('i', 'right', 'right', 'right', 'right');
await pause(1_500);
await picture('triage');
await app.press('escape');
await app.screen('project');
const tab = await app.until('the picks', () => app.css('#stage-picks'));
await tab.click();
await pause(500);
await app.chord('control', 'a');
await app.press('r');
await app.until('the presets', () => app.css('[role="dialog"]'));
for (const name of ['TikTok', 'YouTube Shorts', 'Square 1:1']) {
  await (await app.choice(name)).click();
}
await pause(1_500);
await picture('render');
await app.startRender();
await app.click('Queue');
await app.screen('queue');
await app.until('two that run', async () => (await app.all('[data-state="running"]')).length === 2);
await pause(2_500);
await picture('queue');
await app.stop();
await rm(folder, { recursive: true });

async function settle() {
  await app.until('all pictures', () =>
    app.script('return [...document.images].every((image) => image.complete && image.naturalWidth > 0)'),
  );
  await pause(7_000);
}

/** Small enough to keep in the repository. */
async function picture(name) {
  await app.shot(`readme ${name}`);
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', '-i', path.join(root, 'artifacts', `readme-${name}.png`)],
    ...['-vf', 'scale=1200:-1:flags=lanczos', '-q:v', '4', path.join(root, 'docs', `${name}.jpg`)],
  ]);
}
