/** Names of files from paths of any system. Paths stay opaque otherwise. */

export function fileName(path: string): string {
  return path.replace(/[\\/]+$/, '').split(/[\\/]/).at(-1) || path;
}

/** A file's name without its ending; a dot file keeps its whole name. */
export function fileStem(path: string): string {
  return fileName(path).replace(/(?<=.)\.[^.\s]{1,8}$/, '');
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
