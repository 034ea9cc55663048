import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { stageOf } from '../queue/words';
import { openMachine, show } from '../test/library';
import { whatGoes } from './trash.svelte';
import TrashScreen from './TrashScreen.svelte';

describe('the trash', () => {
  it('says how much goes for good before it goes', async () => {
    const machine = await openMachine();
    const { user } = show(TrashScreen, {});
    await user.click(await screen.findByRole('button', { name: 'Empty trash' }));
    expect(
      await screen.findByText(/1 project \(3 clips inside them\) and 1 clip will be deleted/),
    ).toBeTruthy();
    expect(machine.calls.some((call) => call.name === 'emptyTrash')).toBe(false);
    const dialog = screen.getByRole('alertdialog');
    await user.click(dialog.querySelector('button[type=submit]') as HTMLElement);
    expect(await screen.findByText('Nothing in the trash')).toBeTruthy();
  });

  it('deletes the files in the background, also while the queue is held, and tells how much that was', async () => {
    const machine = await openMachine();
    await machine.commands.holdQueue();
    const emptied = await machine.commands.emptyTrash();
    machine.world.tick(1_000);
    machine.world.tick(3_000);
    const job = await machine.commands.getJob(emptied.job_id ?? '');
    expect(job).toMatchObject({ kind: 'delete_files', state: 'done', project_id: null });
    expect(stageOf(job)).toMatch(/^13 files were deleted; that freed 9(\.\d)? MB\.$/);
    expect((await machine.commands.emptyTrash()).job_id).toBeNull();
  });

  it('gives back the clips that were selected', async () => {
    const machine = await openMachine();
    const { user } = show(TrashScreen, {});
    await user.click(await screen.findByRole('option'));
    expect(screen.getByText('1 selected')).toBeTruthy();
    await user.keyboard('r');
    await waitFor(() => expect(machine.calls.some((call) => call.name === 'restoreClips')).toBe(true));
    await waitFor(() => expect(screen.queryByRole('option')).toBeNull());
  });

  it('names only what there is', () => {
    expect(whatGoes({ clips: 2, projects: 0, inside: 0 })).toBe('2 clips');
    expect(whatGoes({ clips: 0, projects: 1, inside: 0 })).toBe('1 project');
  });
});
