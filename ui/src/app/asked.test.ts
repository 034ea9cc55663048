import { screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { session } from '../state/session.svelte';
import { openMachine, show } from '../test/library';
import { asked } from './asked.svelte';
import AskedFiles from './AskedFiles.svelte';
import { start } from './start';

let stop: () => void = () => undefined;

async function openedWith(...paths: string[]) {
  const machine = await openMachine();
  const profile = session.profile;
  if (!profile) throw new Error('no profile is open');
  machine.world.asked.push(...paths);
  stop = start.listen();
  const { user } = show(AskedFiles, { profile });
  machine.world.emitApp({ type: 'files_asked' });
  const dialog = await screen.findByRole('dialog');
  const added = () => machine.calls.filter((call) => call.name === 'addSources').map((call) => call.args);
  return { machine, dialog, added, user };
}

afterEach(() => {
  stop();
  asked.clear();
});

describe('files that somebody opened with Rushes', () => {
  it('are added to the project that the editor chooses', async () => {
    const { machine, dialog, added, user } = await openedWith('/card/a.mp4', '/card/b.mp4');
    expect(dialog.textContent).toContain('Add 2 files to a project');
    expect(dialog.textContent).toContain('a.mp4');
    const { items } = await machine.commands.listProjects({ sort: 'recent' });
    const [project] = items;
    if (!project) throw new Error('the library has no project');
    await user.click(await within(dialog).findByRole('button', { name: new RegExp(project.name) }));
    await waitFor(() => expect(added()).toEqual([[project.id, ['/card/a.mp4', '/card/b.mp4'], false]]));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('go nowhere where the editor says so', async () => {
    const { dialog, added, user } = await openedWith('/card/a.mp4');
    await user.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(added()).toEqual([]);
  });

  it('stay with the shell while no library is open', async () => {
    const machine = await openMachine();
    session.open = null;
    machine.world.asked.push('/card/a.mp4');
    await asked.take();
    expect(machine.world.asked).toEqual(['/card/a.mp4']);
  });
});
