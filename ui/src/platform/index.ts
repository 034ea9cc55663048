/**
 * The only door between the page and the machine. The page in the desktop
 * application gets Tauri; a plain browser in development and the tests get an
 * in-memory library, which no production bundle contains.
 */
import type { Platform } from './types';

export type * from './bindings';
export { SAFE_AREAS, TITLE_SAFE } from './bindings';
export { AppFailure, asFailure } from './failure';
export type { FileDrop, Platform } from './types';

let current: Platform | undefined;

/** Chooses the platform. Called once, before anything is drawn. */
export async function startPlatform(given?: Platform): Promise<Platform> {
  if (given) {
    current = given;
  } else if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
    const { createMemoryPlatform, optionsFromAddress } = await import('./memory');
    current = createMemoryPlatform(optionsFromAddress(location.search));
  } else {
    current = (await import('./tauri')).tauri;
  }
  return current;
}

/** The platform that was chosen at the start. */
export function platform(): Platform {
  if (!current) throw new Error('startPlatform() has not been called');
  return current;
}

/** Shorthand for the commands of the platform. */
export const api = new Proxy({} as Platform['commands'], {
  get: (_, name) => platform().commands[name as keyof Platform['commands']],
});
