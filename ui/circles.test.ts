/** The page and each Rust crate hang together one way: no circle of imports, those of types included. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rustImports } from './rust-imports';

const SRC = join(import.meta.dirname, 'src');
const IMPORT = /\b(?:from|import)[\s(]*'(\.[^']*)'/g;
const SHELL = join(import.meta.dirname, '../src-tauri');
const CRATES = join(SHELL, 'crates');

type Imports = Map<string, Set<string>>;

/** What each file of the page imports. */
function pageImports(): Imports {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter(
      (file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts') && !file.startsWith('paraglide/'),
    );
  const imports: Imports = new Map();
  for (const file of files) {
    const used = new Set<string>();
    for (const [, path = ''] of readFileSync(join(SRC, file), 'utf8').matchAll(IMPORT)) {
      const whole = posix.join(posix.dirname(file), path);
      const found = ['', '.ts', '/index.ts'].map((end) => whole + end).find((name) => files.includes(name));
      used.add(found ?? whole);
    }
    imports.set(file, used);
  }
  return imports;
}

/** What each folder imports; a file beside the folder of its name belongs to it. */
function ofFolders(imports: Imports): Imports {
  const folderOf = (file: string) => file.replace(/\/.*|\.rs$/, '');
  const folders: Imports = new Map();
  for (const [file, used] of imports) {
    const from = folderOf(file);
    const others = [...used].map(folderOf).filter((to) => to !== from);
    folders.set(from, new Set([...(folders.get(from) ?? []), ...others]));
  }
  return folders;
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

const crates = readdirSync(CRATES).map((name) => [name, join(CRATES, name, 'src')] as const);

describe.each([
  ['the page', pageImports(), 'main.ts', 'app/App.svelte'] as const,
  ['rushes', rustImports(join(SHELL, 'src')), 'commands/jobs.rs', 'shell.rs'] as const,
  ...crates.map(([name, folder]) => [name, rustImports(folder), null, null] as const),
])('%s', (_, imports, file, used) => {
  it('has no circle among its files', () => {
    if (file !== null) expect(imports.get(file)).toContain(used);
    expect(circleIn(imports)).toEqual([]);
  });

  it('has no circle among its folders', () => {
    expect(circleIn(ofFolders(imports))).toEqual([]);
  });
});
