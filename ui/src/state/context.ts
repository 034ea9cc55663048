/** What the parts of one library find without being handed it. */
import { createContext } from 'svelte';
import type { Live } from './live';

/** The live cache of the profile in this window. */
export const [useLive, provideLive] = createContext<Live>();
