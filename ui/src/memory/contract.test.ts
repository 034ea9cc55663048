import { beforeAll, describe, it } from 'vitest';
import { contract, Stage } from '../contract';
import { createMemoryPlatform } from './index';

describe('the in-memory library', () => {
  let stage: Stage;

  beforeAll(async () => {
    const platform = createMemoryPlatform({ library: 'none' });
    stage = await Stage.set({
      platform,
      films: ['/home/ana/Footage/Beach day.mp4', '/home/ana/Footage/Night.mp4'],
      notes: '/home/ana/Footage/notes.txt',
      moment: async () => platform.world.tick(500),
    });
  });

  for (const { name, holds } of contract) it(name, () => holds(stage));
});
