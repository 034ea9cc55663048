import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MemoryPlatform } from '../memory';
import { session } from '../state/session.svelte';
import { toasts } from '../state/toasts.svelte';
import { openMachine, show } from '../test/library';
import ClipsScreen from './ClipsScreen.svelte';
import { viewOf } from './view.svelte';

let machine: MemoryPlatform;

beforeEach(async () => {
  // The grid draws what is visible, and nothing has a size here.
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1000);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000);
  machine = await openMachine({ library: 'full', live: false });
  const view = viewOf(session.profile?.id ?? '');
  view.clearFilters();
});

const cards = () => screen.findAllByRole('option');
const card = async (at: number) => (await cards())[at] as HTMLElement;

describe('all clips', () => {
  it('draws only what is in sight', async () => {
    machine = await openMachine({ library: 'full', live: false, clips: 2000 });
    show(ClipsScreen, {});
    expect((await cards()).length).toBeLessThan(60);
  });

  it('selects a range with shift, single ones with ctrl, all with Ctrl+A', async () => {
    const { user } = show(ClipsScreen, {});
    await user.click(await card(0));
    await user.keyboard('{Shift>}');
    await user.click(await card(3));
    await user.keyboard('{/Shift}');
    expect(await screen.findByText(/4 selected/)).toBeTruthy();
    await user.keyboard('{Control>}');
    await user.click(await card(1));
    await user.keyboard('{/Control}');
    expect(await screen.findByText(/3 selected/)).toBeTruthy();
    await user.keyboard('{Control>}a{/Control}');
    const { total } = await machine.commands.listAllClips({ limit: 1 });
    expect(await screen.findByText(new RegExp(`${total} selected`))).toBeTruthy();
  });

  it('moves with the arrows, and the focus goes along', async () => {
    const { user } = show(ClipsScreen, {});
    await user.click(await card(0));
    await user.keyboard('{ArrowRight}{ArrowRight}');
    const third = await card(2);
    await waitFor(() => expect(document.activeElement).toBe(third));
    expect(third.getAttribute('aria-selected')).toBe('true');
  });

  it('filters by a chip, and clears the filter', async () => {
    const { user } = show(ClipsScreen, {});
    await cards();
    viewOf(session.profile?.id ?? '').filter({ flag: 'picked' });
    await waitFor(async () => {
      for (const one of await cards()) expect(one.getAttribute('aria-label')).toContain('Picked');
    });
    await user.click(screen.getByRole('button', { name: 'Clear filter: Verdict' }));
    const { total } = await machine.commands.listAllClips({ limit: 1 });
    expect(await screen.findByText(`${total} clips`)).toBeTruthy();
  });

  it('still filters after the screen was left and come back to', async () => {
    const first = show(ClipsScreen, {});
    await cards();
    first.unmount();
    show(ClipsScreen, {});
    await cards();
    viewOf(session.profile?.id ?? '').filter({ flag: 'rejected' });
    await waitFor(async () => {
      for (const one of await cards()) expect(one.getAttribute('aria-label')).toContain('Rejected');
    });
  });

  it('deletes with a way back', async () => {
    const { total } = await machine.commands.listAllClips({ limit: 1 });
    const { user } = show(ClipsScreen, {});
    await user.click(await card(0));
    await user.click(
      within(await screen.findByTestId('selection-bar')).getByRole('button', { name: 'Put in the trash' }),
    );
    await waitFor(async () =>
      expect((await machine.commands.listAllClips({ limit: 1 })).total).toBe(total - 1),
    );
    toasts.act(toasts.list.at(-1)?.id ?? 0);
    await waitFor(async () => expect((await machine.commands.listAllClips({ limit: 1 })).total).toBe(total));
  });

  it('makes the files of those that have none', async () => {
    await machine.commands.clearClipFiles();
    const { user } = show(ClipsScreen, {});
    await user.click(await card(0));
    await user.keyboard('{Shift>}');
    await user.click(await card(1));
    await user.keyboard('{/Shift}');
    const bar = within(await screen.findByTestId('selection-bar'));
    await user.click(bar.getByRole('button', { name: 'Make files of these' }));
    await waitFor(() => expect(toasts.list.at(-1)?.text).toBe('2 clip files are being made.'));
    machine.finishJobs();
    await waitFor(() =>
      expect(bar.getByRole<HTMLButtonElement>('button', { name: 'Make files of these' }).disabled).toBe(true),
    );
  });

  it('says why a file cannot be made', async () => {
    await machine.commands.clearClipFiles();
    for (const source of machine.world.library.sources.values()) source.state = 'missing';
    const { user } = show(ClipsScreen, {});
    await user.click(await card(0));
    const bar = within(await screen.findByTestId('selection-bar'));
    await user.click(bar.getByRole('button', { name: 'Make file' }));
    await waitFor(() => expect(toasts.list.at(-1)?.text).toBe('1 clip file cannot be made.'));
    expect(toasts.list.at(-1)?.lines.join()).toContain('is not where it was');
  });

  it('says what to do where there are no clips', async () => {
    await openMachine({ library: 'empty', live: false });
    show(ClipsScreen, {});
    expect(await screen.findByRole('heading', { name: 'No clips yet' })).toBeTruthy();
  });
});
