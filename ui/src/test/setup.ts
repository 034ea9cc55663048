/** Before each test: what the test DOM lacks, and a separate platform. */
import { beforeEach } from 'vitest';
import { createMemoryPlatform } from '../memory';
import { startPlatform } from '../platform';

// happy-dom has no layout: nothing is scrolled into view, and animations finish
// at once.
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
  startPlatform(createMemoryPlatform());
});
