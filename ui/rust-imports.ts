/**
 * What the files of a Rust crate use of each other. A file uses the one that
 * defines what it names: a re-export is followed to its definition, and `mod x;`
 * alone uses nothing, nor do tests and the list of what a crate exports. This
 * knows as much of Rust as these crates need; each of their modules is a file.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const NO_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|"(?:\\[\s\S]|[^"\\])*"|'(?:\\(?:u\{\w+\}|x\w\w|.)|[^'\\])'/g;
const OF_TESTS = /#\[cfg\((?:all\()?test\b/;
const MODULE = /\bmod\s+(\w+)\s*;/g;
const USE = /(\bpub(?:\([^)]*\))?\s+)?\buse\s+([^;]+);/g;
const DEFINITION = /\b(?:fn|struct|enum|union|trait|type|const|static(?:\s+mut)?|macro_rules!)\s+(\w+)/g;
const PATH = /(?<![\w:.$])(?:\w+\s*::\s*)+\w+/g;

interface Module {
  file: string;
  parent: Module | null;
  children: Map<string, Module>;
  defined: Set<string>;
  /** What each name that is imported stands for. */
  imported: Map<string, string[]>;
  /** The modules of which everything is imported. */
  globs: string[][];
  /** Every path that it names. */
  named: string[][];
}

/** Where a path leads: to a module, or to something in it. */
interface Place {
  module: Module;
  isItem: boolean;
}

/** The files that each file of a crate uses, by their paths in its source folder. */
export function rustImports(folder: string): Map<string, Set<string>> {
  const root = read(join(folder, 'lib.rs'), folder, null);
  const imports = new Map<string, Set<string>>();
  for (const module of withChildren(root)) {
    const used = new Set<string>();
    for (const path of module.named) {
      const place = lead(path, module, root, new Set());
      if (place?.isItem && place.module !== module) used.add(relative(folder, place.module.file));
    }
    imports.set(relative(folder, module.file), used);
  }
  return imports;
}

function withChildren(module: Module): Module[] {
  return [module, ...[...module.children.values()].flatMap(withChildren)];
}

/** Reads a module and those below it, which lie in `folder`. */
function read(file: string, folder: string, parent: Module | null): Module {
  const code = withoutTests(readFileSync(file, 'utf8').replace(NO_CODE, ' '));
  const outline = atDepthZero(code);
  const module: Module = {
    file,
    parent,
    children: new Map(),
    defined: new Set([...outline.matchAll(DEFINITION)].map(([, name = '']) => name)),
    imported: new Map(),
    globs: [],
    named: [...code.replace(USE, '').matchAll(PATH)].map(([path]) => segmentsOf(path)),
  };
  for (const [, visibility, tree = ''] of code.matchAll(USE)) {
    const isExport = parent === null && visibility !== undefined;
    for (const { path, name } of branchesOf(tree)) {
      if (name === '*') module.globs.push(path.slice(0, -1));
      else module.imported.set(name, path);
      if (!isExport && name !== '*') module.named.push(path);
    }
  }
  for (const [, name = ''] of outline.matchAll(MODULE)) {
    const inner = join(folder, name);
    const own = [`${inner}.rs`, join(inner, 'mod.rs')].find((path) => existsSync(path));
    if (!own) throw new Error(`${file} names a module ${name}, which has no file`);
    module.children.set(name, read(own, inner, module));
  }
  return module;
}

/** The place that a path in a module names; null outside of the crate. */
function lead(path: string[], from: Module, root: Module, seen: Set<string>): Place | null {
  const [first = '', ...rest] = path;
  if (first === 'crate') return walk(rest, root, root, seen);
  if (first === 'self') return walk(rest, from, root, seen);
  if (first === 'super') {
    if (!from.parent) return null;
    return rest[0] === 'super' ? lead(rest, from.parent, root, seen) : walk(rest, from.parent, root, seen);
  }
  const isKnown = from.children.has(first) || from.defined.has(first) || from.imported.has(first);
  return isKnown ? walk(path, from, root, seen) : null;
}

/** The place that a path names which begins in a module. */
function walk(path: string[], module: Module, root: Module, seen: Set<string>): Place | null {
  const [name, ...rest] = path;
  if (name === undefined) return { module, isItem: false };
  const child = module.children.get(name);
  const imported = module.imported.get(name);
  // A function may have the name of its module: at the end of a path it is meant.
  if (child && (rest.length > 0 || !(imported || module.defined.has(name)))) {
    return walk(rest, child, root, seen);
  }
  if (module.defined.has(name)) return { module, isItem: true };
  const step = `${module.file} ${name}`;
  if (imported && !seen.has(step)) {
    const place = lead(imported, module, root, new Set(seen).add(step));
    return place && !place.isItem ? walk(rest, place.module, root, seen) : place;
  }
  for (const glob of module.globs) {
    const place = lead(glob, module, root, seen);
    const all = place && !place.isItem ? place.module : module;
    if (all !== module && (all.defined.has(name) || all.imported.has(name)))
      return walk(path, all, root, seen);
  }
  return { module, isItem: true };
}

function segmentsOf(path: string): string[] {
  return path.split('::').map((segment) => segment.trim());
}

/** The paths of a `use` declaration, each with the name that it is imported by. */
function branchesOf(tree: string, prefix: string[] = []): { path: string[]; name: string }[] {
  const open = tree.indexOf('{');
  if (open < 0) {
    const [end = '', alias] = tree.trim().split(/\s+as\s+/);
    const path = [...prefix, ...segmentsOf(end)];
    if (path.length > 1 && path.at(-1) === 'self') path.pop();
    return end === '' ? [] : [{ path, name: alias ?? path.at(-1) ?? '' }];
  }
  const head = [...prefix, ...segmentsOf(tree.slice(0, open)).filter(Boolean)];
  const inside = tree.slice(open + 1, tree.lastIndexOf('}'));
  return splitAtCommas(inside).flatMap((branch) => branchesOf(branch, head));
}

function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}

/** What is not inside of any brackets. */
function atDepthZero(code: string): string {
  let depth = 0;
  let outside = '';
  for (const character of code) {
    if ('([{'.includes(character)) depth += 1;
    if (depth === 0) outside += character;
    if (')]}'.includes(character)) depth -= 1;
  }
  return outside;
}

/** The code without what is only compiled for tests. */
function withoutTests(code: string): string {
  const start = code.search(OF_TESTS);
  if (start < 0) return code;
  let end = start;
  for (let depth = 0; end < code.length; end += 1) {
    const character = code.charAt(end);
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth === 0 && (character === ';' || character === '}')) break;
  }
  return code.slice(0, start) + withoutTests(code.slice(end + 1));
}
