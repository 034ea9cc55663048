/**
 * Every screen, panel and dialog against the rules of axe-core, with contrast
 * checked in both themes.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Page } from './page.js';

let page;
/** URLs of items in the library, as its own lists name them. */
const ids = {};

before(async () => {
  page = await Page.start();
  await page.size(1400, 900);
});

after(() => page?.stop());

/** What is checked: its URL, what is visible once it is there, and how to get there. */
const SCREENS = [
  ['projects', () => '#/projects', '[data-project] img'],
  ['sources of a project', () => `#/project/${ids.project}/sources`, '[data-source]'],
  ['rushes', () => `#/project/${ids.project}/rushes`, '[data-clip]'],
  [
    'selected rushes',
    () => `#/project/${ids.project}/rushes`,
    '[data-testid="selection-bar"]',
    click('[data-clip]'),
  ],
  ['generate', () => `#/project/${ids.project}/rushes`, 'aside [role="radiogroup"]', press('g')],
  ['details', () => `#/project/${ids.project}/picks`, 'aside textarea', press('d')],
  ['finals', () => `#/project/${ids.project}/finals`, '[data-final]'],
  ['triage', () => `#/triage/${ids.project}/all`, '[data-screen="triage"] video'],
  ['inspector of triage', () => `#/triage/${ids.project}/all`, 'aside dl', press('i')],
  [
    'comparing',
    () => `#/triage/${ids.project}/all`,
    '[data-screen="triage"] [role="group"] + [role="group"]',
    press('c'),
  ],
  ['source', () => `#/source/${ids.source}`, '[data-screen="source"] [data-segment]'],
  ['clip: words', () => `#/clip/${ids.clip}`, '[data-testid="clip-timeline"]'],
  ['clip: style', () => `#/clip/${ids.clip}`, '[role="tabpanel"] input[type="range"]', tab(1)],
  ['clip: sound', () => `#/clip/${ids.clip}`, '[role="tabpanel"]', tab(2)],
  ['clip: frame', () => `#/clip/${ids.clip}`, '[role="tabpanel"]', tab(3)],
  ['all clips', () => '#/clips', '[data-clip]'],
  ['all sources', () => '#/sources', '[data-source]'],
  ['queue', () => '#/queue', '[data-job]'],
  ['job', () => `#/queue/${ids.job}`, '[data-screen="job"] h1'],
  ['trash', () => '#/trash', '[data-screen="trash"] [data-clip]'],
  ['settings', () => '#/settings', '[data-screen="settings"] h2'],
  ['render', () => `#/project/${ids.project}/picks`, '[data-testid="render-dialog"] li', renderPicks],
  ['palette', () => '#/projects', '[role="dialog"] input', click('[aria-keyshortcuts="Control+K"]')],
  ['keys', () => '#/queue', '[role="dialog"] dl', press('?')],
  ['menu of a project', () => '#/projects', '[role="menu"]', click('[data-project] [aria-haspopup="menu"]')],
];

for (const theme of ['dark', 'light']) {
  test(`every screen in the ${theme} theme`, async (t) => {
    await page.open('#/projects', { theme });
    await page.stands('[data-project]');
    await find();
    for (const [name, address, stands, reach] of SCREENS) {
      await t.test(name, async () => {
        await page.go(address());
        await reach?.();
        await page.stands(stands);
        // The themes only differ in their colours.
        await clean(`${name} ${theme}`, theme === 'light' ? 'color-contrast' : null);
        await page.press('esc', 'esc');
      });
    }
  });
}

for (const [name, options, stands] of [
  ['first run', { library: 'none' }, 'input'],
  ['an empty library', { library: 'empty' }, '[data-screen="projects"] h2'],
  ['a library that is broken', { broken: 'restorable' }, 'h1'],
  ['closing with work under way', { ask: 'quit' }, '[role="alertdialog"]'],
  ['a list that cannot be had', { fail: 'listProjects' }, '[role="alert"]'],
]) {
  test(name, async () => {
    await page.open('#/projects', options);
    await page.stands(stands);
    await clean(name);
  });
}

async function clean(name, rule = null) {
  const faults = await page.faults(rule);
  if (faults.length > 0) await page.shot(name);
  assert.deepEqual(faults, []);
}

async function find() {
  const first = (selector, name) =>
    page.until(`${selector}`, () =>
      page.script(
        'return document.querySelector(arguments[0])?.dataset[arguments[1]] ?? null',
        selector,
        name,
      ),
    );
  ids.project = await first('[data-project]', 'project');
  await page.go(`#/project/${ids.project}/sources`);
  ids.source = await first('[data-source]', 'source');
  await page.go(`#/project/${ids.project}/picks`);
  ids.clip = await first('[data-clip]', 'clip');
  await page.go('#/queue');
  ids.job = await first('[data-job]', 'job');
}

function press(...keys) {
  return () => page.press(...keys);
}

function click(selector) {
  return async () => {
    await page.stands(selector);
    await page.until(`a click on ${selector}`, async () => {
      await (await page.css(selector)).click();
      return true;
    });
  };
}

function tab(at) {
  return async () => {
    await page.stands('[data-screen="clip"] [role="tab"]');
    await page.script(
      `document.querySelectorAll('[data-screen="clip"] [role="tab"]')[arguments[0]].click()`,
      at,
    );
  };
}

async function renderPicks() {
  await page.stands('[data-clip]');
  await page.press('r');
  await page.stands('[data-preset="tiktok"]');
  await page.script(`document.querySelector('[data-preset="tiktok"]').click()`);
}
