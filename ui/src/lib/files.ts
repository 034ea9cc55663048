/** File names from paths of any system. Apart from that, paths are opaque. */

export function fileName(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) || path
  );
}

/** A file's name without its extension; a dot file keeps its whole name. */
export function fileStem(path: string): string {
  return fileName(path).replace(/(?<=.)\.[^.\s]{1,8}$/, '');
}

/** Longest name the library accepts. */
const NAME_CHARS = 200;

/**
 * A project name derived from a file name: without its extension, on one line;
 * empty if nothing is left.
 */
export function titleFrom(path: string): string {
  const line = fileStem(path)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return [...line].slice(0, NAME_CHARS).join('');
}

/** A refused file in one line: its name, unless the reason already contains it, and the reason. */
export function refusalLine(path: string, reason: string): string {
  const name = fileName(path);
  return reason.includes(name) ? reason : `${name}: ${reason}`;
}

/** The folder of a file. */
export function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '') || path.slice(0, 1);
}
