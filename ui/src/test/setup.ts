/** Before each test: what the tests' browser lacks, and a platform of its own. */
import { beforeEach } from 'vitest';
import { createMemoryPlatform } from '../memory';
import { startPlatform } from '../platform';

// happy-dom draws nothing: nothing there is scrolled into view, and what moves has arrived at once.
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.getAnimations ??= () => [];
Element.prototype.animate ??= () => {
  const animation = {
    cancel: () => undefined,
    finish: () => undefined,
    onfinish: null as (() => void) | null,
  };
  queueMicrotask(() => animation.onfinish?.());
  return animation as unknown as Animation;
};

beforeEach(async () => {
  await startPlatform(createMemoryPlatform());
});
