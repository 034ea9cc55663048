/** Names of files from paths of any system. Paths stay opaque otherwise. */

export function fileName(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) || path
  );
}

/** A file's name without its ending; a dot file keeps its whole name. */
export function fileStem(path: string): string {
  return fileName(path).replace(/(?<=.)\.[^.\s]{1,8}$/, '');
}

/** Longest name that the library takes. */
const NAME_CHARS = 200;

/** A file's name as one for a project: without its ending, on one line; empty where nothing is left. */
export function titleFrom(path: string): string {
  const line = fileStem(path)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return [...line].slice(0, NAME_CHARS).join('');
}

/** A refused file in one line: its name, which the reason often has already, and the reason. */
export function refusalLine(path: string, reason: string): string {
  const name = fileName(path);
  return reason.includes(name) ? reason : `${name}: ${reason}`;
}

/** The folder that a file lies in. */
export function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '') || path.slice(0, 1);
}
