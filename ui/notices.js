/**
 * Writes public/third-party.txt: the licences of every crate and package that is
 * in the application, each text once with the names that it belongs to.
 *
 * What is left out: what only builds or tests (`dev` in the lock, build scripts,
 * procedural macros), for none of it is given away.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const OURS = ['rushes', 'rushes-cli'];
const LICENCE_FILE = /^(licen[cs]e|copying|notice|unlicense|copyright)/i;

/** The packages of the page that its bundle is made of. */
function packages() {
  const lock = JSON.parse(readFileSync(path.join(here, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([folder, { dev, optional }]) => folder !== '' && !dev && !optional)
    .map(([folder]) => {
      const about = JSON.parse(readFileSync(path.join(here, folder, 'package.json'), 'utf8'));
      return {
        name: about.name,
        version: about.version,
        licence: about.license,
        folder: path.join(here, folder),
      };
    });
}

function run(program, ...args) {
  return execFileSync(program, args, {
    cwd: path.dirname(here),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** The crates that are linked into the application and the command line on this system. */
function crates() {
  const host = /^host: (.*)$/m.exec(run('rustc', '-vV'))[1];
  const answer = run(
    'cargo',
    'metadata',
    '--quiet',
    '--format-version',
    '1',
    '--locked',
    '--filter-platform',
    host,
  );
  const metadata = JSON.parse(answer);
  const byId = new Map(metadata.packages.map((crate) => [crate.id, crate]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const isMacro = (crate) => crate.targets.some(({ kind }) => kind.includes('proc-macro'));
  const linked = new Set();
  const open = metadata.packages
    .filter(({ source, name }) => !source && OURS.includes(name))
    .map(({ id }) => id);
  while (open.length > 0) {
    const id = open.pop();
    if (linked.has(id) || isMacro(byId.get(id))) continue;
    linked.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps) {
      if (dep_kinds.some(({ kind }) => kind === null)) open.push(pkg);
    }
  }
  return [...linked]
    .map((id) => byId.get(id))
    .filter(({ source }) => source)
    .map((crate) => ({
      name: crate.name,
      version: crate.version,
      licence: crate.license,
      folder: path.dirname(crate.manifest_path),
    }));
}

/** The texts of a package. Where it leaves the choice, MIT's is the shortest that asks for it. */
function texts({ folder, licence }) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  const mit = /\bOR\b|\//.test(licence ?? '') && files.filter((file) => /mit/i.test(file));
  return (mit && mit.length > 0 ? mit : files)
    .map((file) => path.join(folder, file))
    .flatMap((file) => {
      try {
        return [readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim()];
      } catch {
        // Some packages keep a folder of that name.
        return [];
      }
    })
    .filter((text) => text !== '');
}

const parts = [...packages(), ...crates()].sort((a, b) => a.name.localeCompare(b.name));
const namesByText = new Map();
for (const part of parts) {
  const name = `${part.name} ${part.version} (${part.licence ?? 'see below'})`;
  const found = texts(part);
  for (const text of found.length > 0 ? found : ['Its package holds no licence text of its own.']) {
    namesByText.set(text, [...(namesByText.get(text) ?? []), name]);
  }
}

const rule = `\n\n${'='.repeat(78)}\n\n`;
const sections = [...namesByText].map(([text, names]) => `${[...new Set(names)].join('\n')}\n\n${text}`);
mkdirSync(path.join(here, 'public'), { recursive: true });
writeFileSync(
  path.join(here, 'public', 'third-party.txt'),
  `Rushes is made with the work of others, under these licences.${rule}${sections.join(rule)}\n`,
);
