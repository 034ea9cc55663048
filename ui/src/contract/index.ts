/**
 * What the page relies on, whichever platform it runs on: steps that the
 * application (`e2e/contract.test.js`) and the in-memory library
 * (`memory/contract.test.ts`) both pass, in this order.
 */
import { clips, trash } from './clips';
import { isolation } from './isolation';
import { profiles } from './profiles';
import { projects } from './projects';
import { finals, queue } from './queue';
import { segments, sources } from './sources';
import type { Step } from './stage';

export { type Bench, Stage } from './stage';

export const contract: readonly Step[] = [
  ...profiles,
  ...projects,
  ...sources,
  ...segments,
  ...clips,
  ...trash,
  ...queue,
  ...finals,
  ...isolation,
];
