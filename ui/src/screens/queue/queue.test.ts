import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { router } from '../../state/router.svelte';
import { openMachine, show } from '../../test/library';
import QueueScreen from './QueueScreen.svelte';

const group = (name: string) => screen.findByRole('region', { name });

describe('the queue', () => {
  it('shows a bar for what runs, with its progress told to the ear', async () => {
    await openMachine();
    show(QueueScreen, {});
    const running = await group('Running');
    const bars = within(running).getAllByRole('progressbar');
    expect(bars.length).toBeGreaterThan(0);
    expect(bars[0]?.getAttribute('aria-valuenow')).toMatch(/^\d+$/);
  });

  it('takes a job that is cancelled out of those that run', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    const before = within(await group('Running')).getAllByRole('progressbar').length;
    const [cancel] = within(await group('Running')).getAllByRole('button', { name: 'Cancel' });
    await user.click(cancel as HTMLElement);
    await waitFor(() => expect(screen.queryAllByRole('progressbar').length).toBe(before - 1));
  });

  it('opens a failure in its place and says what to do', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    const failed = await group('Failed');
    await user.click(within(failed).getByRole('button', { name: 'What went wrong' }));
    expect(within(failed).getByText(/^Relink the source where its file lies now/)).toBeTruthy();
    expect(within(failed).getByRole('button', { name: 'Copy diagnostics' })).toBeTruthy();
  });

  it('offers to try a failure again only until that was done', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    const failed = await group('Failed');
    await user.click(within(failed).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(within(failed).queryByRole('button', { name: 'Try again' })).toBeNull());
  });

  it('announces what has ended', async () => {
    const machine = await openMachine();
    show(QueueScreen, {});
    await group('Running');
    machine.finishJobs();
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('Done: '));
  });

  it('goes to the clip of the job that the arrow keys have come to', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    await group('Running');
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement?.hasAttribute('data-row-main')).toBe(true);
    await user.keyboard('{Enter}');
    expect(['clip', 'project']).toContain(router.route.at);
  });

  it('has something to say when nothing was ever done', async () => {
    await openMachine({ library: 'empty' });
    show(QueueScreen, {});
    expect(await screen.findByText('Nothing to do')).toBeTruthy();
  });
});
