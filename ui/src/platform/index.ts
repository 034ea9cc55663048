/**
 * The only interface between the page and the machine. In the desktop
 * application it is Tauri; elsewhere a platform is passed in.
 */
import type { Platform } from './types';

export type * from './bindings';
export { AppFailure, asFailure } from './failure';
export type { FileDrop, Platform } from './types';

let current: Platform | undefined;

/** Sets the platform. Called once, before anything is rendered. */
export function startPlatform(given: Platform): void {
  current = given;
}

/** The platform set at the start. */
export function platform(): Platform {
  if (!current) throw new Error('startPlatform() has not been called');
  return current;
}

/** Shorthand for the commands of the platform. */
export const api = new Proxy({} as Platform['commands'], {
  get: (_, name) => platform().commands[name as keyof Platform['commands']],
});
