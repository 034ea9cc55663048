/** What the page is made of hangs together one way: no circle of imports, those of types included. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, 'src');
const IMPORT = /\b(?:from|import)[\s(]*'(\.[^']*)'/g;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter(
    (file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts') && !file.startsWith('paraglide/'),
  );

type Imports = Map<string, Set<string>>;

/** What each file imports, or each folder. */
function importsOf(nameOf: (file: string) => string): Imports {
  const imports: Imports = new Map();
  for (const file of files) {
    for (const [, path = ''] of readFileSync(join(SRC, file), 'utf8').matchAll(IMPORT)) {
      const whole = posix.join(posix.dirname(file), path);
      const found = ['', '.ts', '/index.ts'].map((end) => whole + end).find((name) => files.includes(name));
      const [from, to] = [nameOf(file), nameOf(found ?? whole)];
      if (from !== to) imports.set(from, (imports.get(from) ?? new Set()).add(to));
    }
  }
  return imports;
}

/** The first circle that is found, from a name back to itself. */
function circleIn(imports: Imports): string[] {
  const cleared = new Set<string>();
  function follow(name: string, path: string[]): string[] {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (cleared.has(name)) return [];
    for (const next of imports.get(name) ?? []) {
      const circle = follow(next, [...path, name]);
      if (circle.length > 0) return circle;
    }
    cleared.add(name);
    return [];
  }
  for (const name of imports.keys()) {
    const circle = follow(name, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

it('has no circle among its files', () => {
  const imports = importsOf((file) => file);
  expect(imports.get('main.ts')).toContain('app/App.svelte');
  expect(circleIn(imports)).toEqual([]);
});

it('has no circle among its folders', () => {
  expect(circleIn(importsOf((file) => file.replace(/\/.*/, '')))).toEqual([]);
});
