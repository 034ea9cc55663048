/**
 * The page in the engine of the window (WebKitGTK), on the in-memory library:
 * every screen in each of its states, without footage or jobs.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Builder, By, Capabilities, Key } from 'selenium-webdriver';
import { createServer } from 'vite';
import { freePort, impatient, pause, reachable, root } from './app.js';

const shots = path.join(root, 'artifacts');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Timeout for a screen to appear, in milliseconds: the first one is compiled while it loads. */
const PATIENCE = 60_000;
/** Timeout for animations to finish, in milliseconds. */
const SETTLE_MS = 1_000;
const NAMED = {
  ctrl: Key.CONTROL,
  shift: Key.SHIFT,
  esc: Key.ESCAPE,
  tab: Key.TAB,
  enter: Key.ENTER,
  space: Key.SPACE,
  left: Key.ARROW_LEFT,
  right: Key.ARROW_RIGHT,
  up: Key.ARROW_UP,
  down: Key.ARROW_DOWN,
};

export class Page {
  #server;
  #native;
  #driver;
  #axe;

  static async start() {
    const page = new Page();
    page.#server = await createServer({
      root: fileURLToPath(new URL('..', import.meta.url)),
      logLevel: 'error',
      // No files change during the tests, and a page that reloads would lose its state.
      server: { port: await freePort(), strictPort: true, watch: null },
    });
    await page.#server.listen();
    const port = await freePort();
    page.#native = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore' });
    await reachable(port);
    const capabilities = new Capabilities({ browserName: 'MiniBrowser' });
    const building = new Builder().usingServer(`http://127.0.0.1:${port}/`).withCapabilities(capabilities);
    page.#driver = impatient(await building.build());
    page.#axe = await readFile(axe, 'utf8');
    return page;
  }

  async stop() {
    await this.#driver?.quit().catch(() => undefined);
    this.#native?.kill();
    await this.#server?.close();
  }

  /** Opens a screen of a library: `open('#/queue', { theme: 'light' })`. */
  async open(hash, options = {}) {
    const [address] = this.#server.resolvedUrls.local;
    const query = new URLSearchParams({ live: 'no', ...options });
    // The same URL with another hash would not reload the page.
    await this.#driver.get('about:blank');
    await this.#driver.get(`${address}?${query}${hash}`);
    await this.until('the page', () => this.script('return document.readyState === "complete"'));
  }

  /** Goes to another screen of the same library. */
  async go(hash) {
    await this.script('location.hash = arguments[0]', hash);
    await pause(50);
  }

  /** Waits until something is visible. */
  stands(selector) {
    return this.until(selector, () =>
      this.script(
        'return [...document.querySelectorAll(arguments[0])].some((e) => e.getClientRects().length > 0)',
        selector,
      ),
    );
  }

  script(body, ...args) {
    return this.#driver.executeScript(body, ...args);
  }

  size(width, height) {
    return this.#driver.manage().window().setRect({ width, height, x: 0, y: 0 });
  }

  css(selector) {
    return this.#driver.findElements(By.css(selector)).then(([first]) => first ?? null);
  }

  async until(what, find) {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      const found = await find();
      if (found) return found;
      await pause(50);
    }
    await this.shot(`timeout ${what}`);
    throw new Error(`waited in vain for ${what}`);
  }

  /**
   * Presses keys wherever the focus is: `press('g')`, `press('ctrl+k', 'esc')`.
   */
  async press(...spellings) {
    for (const spelling of spellings) {
      const parts = spelling.split(/\+(?=.)/);
      const key = NAMED[parts.at(-1)] ?? parts.at(-1);
      const held = parts.slice(0, -1).map((part) => NAMED[part]);
      const actions = this.#driver.actions();
      for (const one of held) actions.keyDown(one);
      actions.sendKeys(key);
      for (const one of held) actions.keyUp(one);
      await actions.perform();
    }
  }

  /** Violations found by all rules of axe-core, or by one: a line per rule and element. */
  async faults(rule = null) {
    if (!(await this.script('return "axe" in window'))) {
      await this.script(this.#axe);
      // axe accepts a dialog as a region; so should it a menu over the page.
      await this.script(`axe.configure({ checks: [{
        id: 'region',
        options: { regionMatcher: 'dialog, [role=dialog], [role=alertdialog], [role=menu], svg' },
      }] })`);
    }
    // Elements that are still fading in have another contrast. Those out of
    // sight may never finish.
    const { violations, failed } = await this.#driver.executeAsyncScript(
      `const [rule, most, done] = arguments;
       const ends = document.getAnimations()
         .filter((a) => a.effect.getComputedTiming().endTime !== Infinity)
         .map((a) => a.finished.catch(() => undefined));
       Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, most))])
         .then(() => axe.run(document, { resultTypes: ['violations'], ...(rule ? { runOnly: [rule] } : {}) }))
         .then(({ violations }) => done({ violations }), (error) => done({ failed: String(error) }));`,
      rule,
      SETTLE_MS,
    );
    if (failed) throw new Error(failed);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) =>
          `${id}: ${target.join(' ')} — ${failureSummary.split('\n').slice(1).join(' ').trim()}`,
      ),
    );
  }

  async shot(name) {
    await mkdir(shots, { recursive: true });
    await writeFile(
      path.join(shots, `${name.replaceAll(/[^\w-]+/g, '-')}.png`),
      await this.#driver.takeScreenshot(),
      'base64',
    );
  }
}
