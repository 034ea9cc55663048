import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { openMachine } from '../test/library';
import QuitDialog from './QuitDialog.svelte';
import { start } from './start';

let stop: () => void;

async function ask() {
  const machine = await openMachine();
  stop = start.listen();
  render(QuitDialog);
  machine.world.emitApp({ type: 'quit_asked', running: 2, waiting: 1 });
  const dialog = await screen.findByRole('alertdialog', { name: 'Rushes is still at work' });
  const choices = () => machine.calls.filter((call) => call.name === 'quit').map((call) => call.args[0]);
  return { dialog, choices, user: userEvent.setup() };
}

afterEach(() => stop());

describe('closing the last window while there is work', () => {
  it('tells how much there is, and has at hand what loses nothing', async () => {
    const { dialog } = await ask();
    expect(dialog.textContent).toContain('2 jobs run · 1 job waits');
    const keep = within(dialog).getByRole('button', { name: 'Keep working in the background' });
    await waitFor(() => expect(document.activeElement).toBe(keep));
    await userEvent.keyboard('{Escape}');
  });

  it.each([
    ['Keep working in the background', 'keep_working'],
    ['Go on with the next start', 'go_on_later'],
    ['Cancel the work and quit', 'cancel'],
    ['Stay', 'stay'],
  ])('answers “%s”', async (name, choice) => {
    const { dialog, choices, user } = await ask();
    await user.click(within(dialog).getByRole('button', { name }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(choices()).toEqual([choice]);
  });

  it('stays on Escape', async () => {
    const { choices, user } = await ask();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(choices()).toEqual(['stay']);
  });
});
