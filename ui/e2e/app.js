/**
 * The real application under test: tauri-driver, WebKitGTK and the built
 * binary, on whatever display the tests run, with its own data directory.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Builder, By, Capabilities, Key } from 'selenium-webdriver';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const binary = process.env.RUSHES_BINARY ?? path.join(root, 'target/debug/rushes');
/** The command line from the same build. */
export const terminal = path.join(path.dirname(binary), 'rushes-cli');
const shots = path.join(root, 'artifacts');

/** Timeout for the slowest thing a test waits for, in milliseconds. */
const PATIENCE = 60_000;
/** How long the window may take to answer its driver, in milliseconds: longer, and it hangs. */
const SILENCE = 60_000;

export class App {
  #driver;
  #process;

  constructor(driver, process) {
    this.#driver = driver;
    this.#process = process;
  }

  static async start(dataDir, env = {}) {
    const [port, nativePort] = [await freePort(), await freePort()];
    const server = spawn(
      path.join(root, 'target/tools/bin/tauri-driver'),
      ['--port', String(port), '--native-port', String(nativePort)],
      { env: { ...process.env, RUSHES_DATA_DIR: dataDir, ...env }, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await reachable(port);
    const capabilities = new Capabilities({ browserName: 'wry', 'tauri:options': { application: binary } });
    try {
      const driver = await new Builder()
        .usingServer(`http://127.0.0.1:${port}/`)
        .withCapabilities(capabilities)
        .build();
      return new App(impatient(driver), server);
    } catch (error) {
      server.kill();
      throw error;
    }
  }

  async stop() {
    // A driver whose window is hidden or gone does not answer.
    await Promise.race([this.#driver.quit().catch(() => undefined), pause(5_000)]);
    this.#process.kill();
    await Promise.race([once(this.#process, 'exit'), pause(5_000)]);
    // A busy application asks before it closes, and no one is left to answer.
    for (let tries = 0; tries < 20 && (await processes()).length > 0; tries += 1) await pause(100);
    for (const pid of await processes()) process.kill(pid, 'SIGKILL');
  }

  /** Closes the window as its title bar does. */
  async close() {
    const { stdout } = await run('xdotool', ['search', '--onlyvisible', '--name', 'Rushes']);
    const close = fileURLToPath(new URL('close.py', import.meta.url));
    for (const window of stdout.trim().split('\n')) await run('/usr/bin/python3', [close, window]);
  }

  /** Whether one of its windows is on the screen. */
  async isSeen() {
    const search = ['search', '--onlyvisible', '--name', 'Rushes'];
    const { stdout } = await run('xdotool', search).catch(() => ({ stdout: '' }));
    return stdout.trim() !== '';
  }

  /** Kills the application, and then the driver. */
  async kill() {
    for (const pid of await processes()) process.kill(pid, 'SIGKILL');
    await this.stop();
  }

  /** Waits until `find` returns something truthy, and returns it. */
  async until(what, find, patience = PATIENCE) {
    const end = Date.now() + patience;
    let last;
    while (Date.now() < end) {
      try {
        const found = await find();
        if (found) return found;
      } catch (error) {
        last = error;
      }
      await pause(100);
    }
    await this.shot(`timeout ${what}`).catch(() => undefined);
    throw new Error(`waited in vain for ${what}${last ? `: ${last.message}` : ''}`);
  }

  screen(name) {
    return this.until(`the screen ${name}`, () => this.css(`[data-screen="${name}"]`));
  }

  /** The first visible element that matches. */
  async css(selector) {
    for (const element of await this.#driver.findElements(By.css(selector))) {
      if (await element.isDisplayed()) return element;
    }
    return null;
  }

  all(selector) {
    return this.#driver.findElements(By.css(selector));
  }

  /** A control by its accessible name, which may be cut off with `…`. */
  async control(name) {
    const quoted = JSON.stringify(name);
    const element = await this.#driver.executeScript(`
      const wanted = ${quoted};
      const nameOf = (e) => {
        const by = e.getAttribute('aria-labelledby');
        const label = by ? by.split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
          : e.getAttribute('aria-label') ?? (e.labels?.length ? e.labels[0].textContent : null) ?? e.textContent;
        return (label ?? '').replace(/\\s+/g, ' ').trim();
      };
      const all = document.querySelectorAll('button,a,input,textarea,select,[role]');
      return [...all].find((e) => nameOf(e) === wanted && e.getClientRects().length > 0) ?? null;`);
    return element;
  }

  /** An option of a dialog, by the start of its text. */
  choice(name) {
    return this.script(
      `const [name] = arguments;
       return [...document.querySelectorAll('[role$="dialog"] [role="checkbox"], [role$="dialog"] button, [role$="dialog"] label')]
         .find((e) => (e.getAttribute('aria-label') ?? e.textContent).trim().startsWith(name)) ?? null`,
      name,
    );
  }

  async click(name) {
    // While the page is still moving, a control may not take a click yet.
    return this.until(`“${name}”`, async () => {
      const control = await this.control(name);
      await control?.click();
      return control;
    });
  }

  /**
   * Presses the button of the render dialog that says how many finals it
   * starts.
   */
  async startRender() {
    const button = await this.until('the start button', () =>
      this.script(
        `return [...document.querySelectorAll('[role="dialog"] button')].findLast((e) => /^Render \\d/.test(e.textContent.trim())) ?? null`,
      ),
    );
    await button.click();
  }

  async type(name, text) {
    const field = await this.until(`the field “${name}”`, () => this.control(name));
    await field.clear();
    await field.sendKeys(text);
    return field;
  }

  /** Presses keys wherever the focus is. */
  async press(...keys) {
    for (const key of keys)
      await this.#driver
        .actions()
        .sendKeys(Key[key.toUpperCase()] ?? key)
        .perform();
  }

  async chord(modifier, key) {
    const held = Key[modifier.toUpperCase()];
    await this.#driver.actions().keyDown(held).sendKeys(key).keyUp(held).perform();
  }

  text() {
    return this.#driver.executeScript('return document.body.innerText');
  }

  async sees(text, patience) {
    await this.until(`the words “${text}”`, async () => (await this.text()).includes(text), patience);
  }

  script(body, ...args) {
    return this.#driver.executeScript(body, ...args);
  }

  /** Runs a script that signals completion by calling its last argument. */
  asynchronously(body, ...args) {
    return this.#driver.executeAsyncScript(body, ...args);
  }

  /** Calls a command as the page does; for inspection only. */
  invoke(command, args = {}) {
    return this.asynchronously(
      `const [command, args, done] = arguments;
       window.__TAURI_INTERNALS__.invoke('plugin:rushes|' + command, args).then(done, (e) => done({ error: e }));`,
      command,
      args,
    );
  }

  /** A screenshot of the page, kept as an artefact. */
  async shot(name) {
    await mkdir(shots, { recursive: true });
    // WebKit captures the next frame, and an idle page draws none.
    await this.script(`
      const mark = document.body.appendChild(document.createElement('i'));
      mark.id = 'frames';
      mark.style = 'position: fixed; inset: auto 0 0 auto; width: 1px; height: 1px';
      mark.animate({ background: ['#0000', '#0001'] }, { duration: 100, iterations: Infinity });`);
    const picture = await this.#driver.takeScreenshot();
    await this.script("document.getElementById('frames').remove()");
    await writeFile(path.join(shots, `${name.replaceAll(/[^\w-]+/g, '-')}.png`), picture, 'base64');
  }

  /**
   * Drags files from another program's window onto this one with the mouse.
   * `over` is called while they hover.
   */
  async drop(files, over = async () => {}) {
    const manager = spawn(
      '/usr/bin/python3',
      [fileURLToPath(new URL('drag.py', import.meta.url)), ...files],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const ready = await Promise.race([
        once(manager.stdout, 'data'),
        once(manager, 'exit').then(() => null),
      ]);
      if (!ready) throw new Error('the file manager did not start');
      await this.#dragToTheMiddle();
      await over();
      await mouse('mouseup', 1);
      await Promise.race([once(manager, 'exit'), pause(5_000)]);
    } finally {
      manager.kill();
    }
  }

  async #dragToTheMiddle() {
    const { stdout } = await run('xdotool', ['getdisplaygeometry']);
    const [width, height] = stdout.trim().split(' ').map(Number);
    await pause(200);
    await mouse('mousemove', width - 20, height - 20);
    await mouse('mousedown', 1);
    // A drag starts after a few pixels, and a target notices it after a few moves.
    for (const [x, y] of [
      [width - 30, height - 30],
      [900, 700],
      [640, 480],
      [600, 460],
      [590, 450],
    ]) {
      await mouse('mousemove', x, y);
      await pause(120);
    }
  }
}

/** Sends xdotool mouse commands. */
function mouse(...words) {
  return run('xdotool', words.map(String));
}

/** Runs the command line on a data directory and returns its output. */
export function cli(data, ...args) {
  return execFileSync(terminal, ['--data-dir', data, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The processes of the application. */
export async function processes() {
  // `pgrep` fails if there are none.
  const { stdout } = await run('pgrep', ['-f', `^${binary}( |$)`]).catch(() => ({ stdout: '' }));
  return stdout.trim().split('\n').filter(Boolean).map(Number);
}

/** Makes a driver give up on a window that no longer answers. */
export function impatient(driver) {
  const execute = driver.execute.bind(driver);
  driver.execute = (command) => answered(execute(command), command.getName());
  return driver;
}

/**
 * The driver's answer; an error if none comes, since a window that hangs never
 * answers. `.ci/test` looks for that error.
 */
async function answered(answer, command) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => {
      waiting().then((threads) => reject(new Error(`the window hangs: no answer to ${command}\n${threads}`)));
    }, SILENCE);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the threads of the application and of its web processes wait for, as the kernel names it. */
async function waiting() {
  const lines = [];
  for (const pid of await processes()) {
    const { stdout } = await run('pgrep', ['-P', String(pid)]).catch(() => ({ stdout: '' }));
    for (const process of [pid, ...stdout.split('\n').filter(Boolean)]) {
      for (const thread of await readdir(`/proc/${process}/task`).catch(() => [])) {
        const told = (name) => readFile(`/proc/${process}/task/${thread}/${name}`, 'utf8').catch(() => '?');
        const [name, call] = await Promise.all([told('comm'), told('wchan')]);
        lines.push(`${process} ${thread} ${name.trim()}: ${call.trim()}`);
      }
    }
  }
  return lines.join('\n');
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export async function reachable(port) {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      await fetch(`http://127.0.0.1:${port}/status`);
      return;
    } catch {
      await pause(50);
    }
  }
  throw new Error('tauri-driver does not answer');
}

/** The output of ffprobe for a file. */
export async function probe(file) {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-show_streams',
    '-show_format',
    '-of',
    'json',
    file,
  ]);
  return JSON.parse(stdout);
}

/**
 * An environment whose ffmpeg encodes no faster than real time, made in
 * `folder`: for catching work halfway on any machine.
 */
export async function unhurried(folder) {
  const [tools, { stdout: ffmpeg }] = [path.join(folder, 'tools'), await run('which', ['ffmpeg'])];
  const script = `#!/bin/sh
case "$*" in *libx264*) exec ${ffmpeg.trim()} -re "$@";; esac
exec ${ffmpeg.trim()} "$@"
`;
  await mkdir(tools);
  await writeFile(path.join(tools, 'ffmpeg'), script);
  await chmod(path.join(tools, 'ffmpeg'), 0o755);
  return { PATH: `${tools}:${process.env.PATH}` };
}

/** Makes a video of hard cuts with sound: `scenes` of two seconds each. */
export async function film(file, scenes, size = '640x360') {
  const inputs = [];
  for (let scene = 0; scene < scenes; scene += 1) {
    const hue = (scene * 67) % 360;
    inputs.push(
      '-f',
      'lavfi',
      '-i',
      `testsrc2=s=${size}:r=25:d=2,hue=h=${hue},rotate=${scene % 2 ? 'PI' : '0'}`,
    );
  }
  const pictures = Array.from({ length: scenes }, (_, scene) => `[${scene}:v]`).join('');
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...inputs,
    '-f',
    'lavfi',
    '-i',
    `sine=f=330:d=${scenes * 2}`,
    '-filter_complex',
    `${pictures}concat=n=${scenes}:v=1:a=0[v]`,
    '-map',
    '[v]',
    '-map',
    `${scenes}:a`,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    '-shortest',
    file,
  ]);
}
