import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MemoryPlatform } from '../memory';
import type { Clip } from '../platform';
import { openMachine } from '../test/library';
import type { ClipActions } from './actions';
import { clipsMenu } from './menu';

let machine: MemoryPlatform;
let made: Clip;
let bare: Clip;

beforeEach(async () => {
  machine = await openMachine({ library: 'full', live: false });
  const { items } = await machine.commands.listAllClips({ limit: 500 });
  [made, bare] = [true, false].map((has) => items.find((clip) => clip.has_file === has)) as [Clip, Clip];
});

const menu = (...clips: Clip[]) => clipsMenu(clips, {} as ClipActions);
const labels = (...clips: Clip[]) => menu(...clips).map(({ label }) => label);

describe('the menu of clips', () => {
  it('shows the file of a clip that has one, and offers to make it of one that has none', () => {
    expect(labels(made)).toContain('Show in folder');
    expect(labels(made)).not.toContain('Make file');
    expect(labels(bare)).toContain('Make file');
    expect(labels(bare)).not.toContain('Show in folder');
  });

  it('makes the files that are missing among many', async () => {
    expect(labels(made, made)).not.toContain('Make files of these');
    const entry = menu(made, bare).find(({ label }) => label === 'Make files of these');
    entry?.run();
    const asked = () => machine.calls.filter(({ name }) => name === 'makeClipFiles');
    await vi.waitFor(() => expect(asked()).toMatchObject([{ args: [[bare.id]] }]));
  });
});
