/** The real window keeps the contract that the page relies on, as the in-memory library does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { App, film } from './app.js';

let folder;
let app;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rushes-contract-'));
  app = await App.start(path.join(folder, 'library'));
});

after(async () => {
  await app?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the window keeps the contract', async (t) => {
  const films = ['Beach day.mp4', 'Night.mp4'].map((name) => path.join(folder, name));
  const notes = path.join(folder, 'notes.txt');
  await Promise.all([film(films[0], 10), film(films[1], 5), writeFile(notes, 'No film.')]);
  // Without a profile the page shows the first run, and asks nothing of the library.
  await app.screen('first-run');
  await app.script(`${await script()}\nwindow.contract = contract;`);
  await run('set', films, notes);
  for (const name of await app.script('return contract.names')) await t.test(name, () => run('keep', name));
});

/** The contract and the platform of the window as a script that defines `contract`. */
async function script() {
  const entry = fileURLToPath(new URL('contract-page.js', import.meta.url));
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'contract' },
    },
  });
  return output[0].code;
}

/** Calls a function of the contract in the page, and fails as it fails. */
async function run(name, ...args) {
  await app.script(
    `const [name, args] = arguments;
     const end = (failure) => { window.outcome = { failure } };
     window.outcome = null;
     contract[name](...args).then(() => end(null), (error) => end(String(error.message ?? error)));`,
    name,
    args,
  );
  const { failure } = await app.until(`the end of ${name}`, () => app.script('return window.outcome'));
  if (failure !== null) throw new Error(failure);
}
