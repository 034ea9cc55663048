/** Svelte contexts of an open library. */
import { createContext } from 'svelte';
import type { Live } from './live';

/** The live cache of the profile in this window. */
export const [useLive, provideLive] = createContext<Live>();
