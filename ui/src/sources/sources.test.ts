import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { api } from '../platform';
import { toasts } from '../state/toasts.svelte';
import { openMachine, show } from '../test/library';
import SourcesScreen from './SourcesScreen.svelte';

const row = async (name: string) => {
  const found = (await screen.findByRole('button', { name })).closest<HTMLElement>('[role="row"]');
  if (!found) throw new Error(`no row of ${name}`);
  return within(found);
};

describe('the sources of a profile', () => {
  it('mark what is missing, and find it again', async () => {
    const machine = await openMachine();
    const { user } = show(SourcesScreen, {});
    const missing = await row('DJI_0047.MP4');
    expect(missing.getByText('Missing')).toBeTruthy();
    await user.click(missing.getByRole('button', { name: 'Find the file…' }));
    await waitFor(async () => {
      const source = (await api.listAllSources()).find(({ name }) => name === 'DJI_0047.MP4');
      expect(source?.state).toBe('ready');
    });
    expect(machine.calls.find((call) => call.name === 'relinkSource')?.args[2]).toBe(false);
  });

  it('ask before other footage takes the place of what is missing', async () => {
    const machine = await openMachine({ fail: { relinkSource: 'different_footage' } });
    const { user } = show(SourcesScreen, {});
    await user.click((await row('DJI_0047.MP4')).getByRole('button', { name: 'Find the file…' }));
    const question = within(await screen.findByRole('alertdialog'));
    await user.click(question.getByRole('button', { name: 'Use it all the same' }));
    await waitFor(() =>
      expect(
        machine.calls.filter((call) => call.name === 'relinkSource').map((call) => call.args[2]),
      ).toEqual([false, true]),
    );
  });

  it('are removed without touching the file, and come back', async () => {
    await openMachine();
    const { user } = show(SourcesScreen, {});
    (await screen.findByRole('button', { name: 'C0012.MP4' })).focus();
    await user.keyboard('{Delete}');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'C0012.MP4' })).toBeNull());
    await waitFor(() => expect(toasts.list.at(-1)?.text).toContain('Its file is untouched'));
    toasts.act(toasts.list.at(-1)?.id ?? 0);
    expect(await screen.findByRole('button', { name: 'C0012.MP4' })).toBeTruthy();
  });

  it('are found by project, and by what is missing', async () => {
    await openMachine();
    const { user } = show(SourcesScreen, {});
    await row('C0012.MP4');
    await user.type(screen.getByRole('searchbox'), 'clara');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'P1022318.MOV' })).toBeNull());
    expect(screen.getByRole('button', { name: 'C0012.MP4' })).toBeTruthy();
    await user.clear(screen.getByRole('searchbox'));
    await user.click(screen.getByRole('button', { name: '1 missing' }));
    expect(document.querySelectorAll('[data-source]')).toHaveLength(1);
  });
});
