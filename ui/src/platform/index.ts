/**
 * The only door between the page and the machine. The page in the desktop
 * application gets Tauri; whoever starts it elsewhere brings a platform along.
 */
import type { Platform } from './types';

export type * from './bindings';
export { AppFailure, asFailure } from './failure';
export type { FileDrop, Platform } from './types';

let current: Platform | undefined;

/** Takes the platform; Tauri where none is given. Called once, before anything is drawn. */
export async function startPlatform(given?: Platform): Promise<Platform> {
  current = given ?? (await import('./tauri')).tauri;
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
