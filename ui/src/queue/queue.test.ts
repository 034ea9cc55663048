import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { router } from '../state/router.svelte';
import { openMachine, renderSome, show } from '../test/library';
import QueueScreen from './QueueScreen.svelte';

const group = (name: string) => screen.findByRole('region', { name });
const titles = (within: HTMLElement) =>
  [...within.querySelectorAll('[data-job] [data-row-main] [title]:first-child')].map((each) =>
    each.getAttribute('title'),
  );
const said = () => screen.getByTestId('queue-said').textContent;

/** Three finals waiting behind the one that waits in the seeded library. */
async function waitingBatch() {
  const machine = await openMachine();
  await renderSome(machine, 3);
  return {
    machine,
    batch: (await machine.commands.listJobs({ active: true })).filter((job) => job.batch_id),
  };
}

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

  it('keeps the focus at the place of a job that is cancelled', async () => {
    const { machine } = await waitingBatch();
    const { user } = show(QueueScreen, {});
    const [first, second] = await waitFor(() => {
      const found = [...document.querySelectorAll<HTMLElement>('[data-state="queued"] [data-row-main]')];
      expect(found.length).toBeGreaterThan(1);
      return found;
    });
    const next = second?.closest<HTMLElement>('[data-job]')?.dataset['job'];
    first?.focus();
    await user.keyboard('{Delete}');
    await waitFor(() => expect(machine.calls.some((call) => call.name === 'cancelJob')).toBe(true));
    await waitFor(() =>
      expect(document.activeElement?.closest<HTMLElement>('[data-job]')?.dataset['job']).toBe(next),
    );
  });

  it('opens a failure in its place and says what to do', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    const ended = await group('Ended');
    await user.click(within(ended).getByRole('button', { name: 'What went wrong' }));
    expect(within(ended).getByText(/^Relink the source where its file lies now/)).toBeTruthy();
    expect(within(ended).getByRole('button', { name: 'Copy diagnostics' })).toBeTruthy();
  });

  it('offers to try a failure again only until that was done', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    const all = await screen.findByRole('button', { name: 'Try all failed again' });
    await user.click(all);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Try all failed again' })).toBeNull());
    expect(titles(await group('Waiting'))).toContain('Crowd 12 · YouTube Shorts');
  });

  it('offers to go on with what was interrupted', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    const held = await group('Held');
    await user.click(within(held).getByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Held' })).toBeNull());
    expect(titles(await group('Waiting'))).toContain('Establishing 1 · YouTube 2160p');
  });

  it('announces what has ended', async () => {
    const machine = await openMachine();
    show(QueueScreen, {});
    await group('Running');
    machine.finishJobs();
    await waitFor(() => expect(said()).toContain('Done: '));
  });

  it('opens the job that the arrow keys have come to, and goes to its clip or project', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    await group('Running');
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement?.hasAttribute('data-row-main')).toBe(true);
    await user.keyboard('{Enter}');
    expect(router.route.at).toBe('job');
    await user.keyboard('o');
    expect(['clip', 'project']).toContain(router.route.at);
  });

  it('comes back to the job whose page was opened', async () => {
    await openMachine();
    const { user, unmount } = show(QueueScreen, {});
    await group('Running');
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    unmount();
    show(QueueScreen, {});
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Hands 4 · TikTok'));
  });

  it('cancels nothing that the hand is not on', async () => {
    const machine = await openMachine();
    const { user } = show(QueueScreen, {});
    await group('Running');
    screen.getByRole('button', { name: 'Hold the queue' }).focus();
    await user.keyboard('{Delete}');
    expect(machine.calls.some(({ name }) => name === 'cancelJob')).toBe(false);
  });

  it('has something to say when nothing was ever done', async () => {
    await openMachine({ library: 'empty' });
    show(QueueScreen, {});
    expect(await screen.findByText('Nothing to do')).toBeTruthy();
  });

  it('pauses a job and lets it go on, by key, and says why it stands still', async () => {
    await openMachine();
    const { user } = show(QueueScreen, {});
    await group('Running');
    await user.keyboard('{ArrowDown}p');
    const held = await group('Held');
    await waitFor(() => expect(within(held).getByText('Paused by you')).toBeTruthy());
    await user.keyboard('p');
    await waitFor(() => expect(within(held).queryByText('Paused by you')).toBeNull());
  });

  it('says why it is held, and lets it go on', async () => {
    const machine = await openMachine();
    const { user } = show(QueueScreen, {});
    await user.click(await screen.findByRole('button', { name: 'Hold the queue' }));
    const banner = await screen.findByTestId('held');
    expect(banner.textContent).toContain('The queue is held');
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Running' })).toBeNull());
    machine.world.hold(machine.world.library, 'disk_full');
    await waitFor(() => expect(banner.textContent).toContain('A disk is full'));
    expect(within(banner).getByRole('button', { name: 'Open trash' })).toBeTruthy();
    await user.keyboard('h');
    await waitFor(() => expect(screen.queryByTestId('held')).toBeNull());
  });

  it('counts the work of other profiles and names nothing of it', async () => {
    await openMachine({ queue: 'busy' });
    show(QueueScreen, {});
    const others = await screen.findByTestId('others');
    expect(others.textContent?.trim()).toBe(
      '2 jobs of other profiles are at work · 1 job of other profiles waits',
    );
    expect(document.body.textContent).not.toContain('Schreinerei');
  });

  it('draws only the row of the job that changed', async () => {
    const machine = await openMachine();
    show(QueueScreen, {});
    const running = await group('Running');
    const [first] = (await machine.commands.listJobs({ active: true })).filter(
      ({ state }) => state === 'running',
    );
    if (!first) throw new Error('nothing runs');
    const touched = new Set<string | undefined>();
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const near = target instanceof Element ? target : target.parentElement;
        touched.add(near?.closest<HTMLElement>('[data-job]')?.dataset['job']);
      }
    });
    observer.observe(running, { subtree: true, childList: true, characterData: true, attributes: true });
    machine.emit({ type: 'job_changed', job: { ...first, progress_bp: 9_900 } });
    await waitFor(() => expect(touched.size).toBeGreaterThan(0));
    observer.disconnect();
    expect([...touched]).toEqual([first.id]);
  });
});

describe('the order of what waits', () => {
  it('changes by the keys, keeps the focus, and tells the new place', async () => {
    const { machine } = await waitingBatch();
    const { user } = show(QueueScreen, {});
    const waiting = await group('Waiting');
    const before = titles(waiting);
    const row = waiting.querySelector<HTMLElement>('[data-job] [data-row-main]');
    row?.focus();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(titles(waiting)).toEqual([before[1], before[0], before[2], before[3]]));
    expect(said()).toBe(`${before[0]}: place 2 of 4`);
    await waitFor(() => expect(document.activeElement?.textContent).toContain(before[0]));
    await user.keyboard('{Alt>}{End}{/Alt}');
    await waitFor(() => expect(titles(waiting)[3]).toBe(before[0]));
    expect(said()).toBe(`${before[0]}: place 4 of 4`);
    const moves = machine.calls.filter((call) => call.name === 'moveJob').map((call) => call.args[1]);
    expect(moves.at(-1)).toBeNull();
  });

  it('passes a folded batch in one step', async () => {
    await openMachine({ queue: 'busy' });
    const { user } = show(QueueScreen, {});
    const waiting = await group('Waiting');
    expect(titles(waiting)).toEqual(['Laughing 10 · Feed 4:5']);
    waiting.querySelector<HTMLElement>('[data-job] [data-row-main]')?.focus();
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(said()).toBe('Laughing 10 · Feed 4:5: place 30 of 30'));
  });
});

describe('a batch in the queue', () => {
  it('stands under one line, and its rest is cancelled at once', async () => {
    const { machine, batch } = await waitingBatch();
    const { user } = show(QueueScreen, {});
    const waiting = await group('Waiting');
    expect(within(waiting).getByRole('button', { name: /^3 finals 3 to go/ })).toBeTruthy();
    await user.click(within(waiting).getByRole('button', { name: 'Cancel the rest' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Cancel the rest' })).toBeNull());
    const states = await Promise.all(batch.map(({ id }) => machine.commands.getJob(id)));
    expect(states.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('folds to its line where much of it waits, and shows its failures all the same', async () => {
    await openMachine({ queue: 'busy' });
    const { user } = show(QueueScreen, {});
    const line = within(await group('Waiting')).getByRole('button', { name: /^40 finals/ });
    expect(line.getAttribute('aria-expanded')).toBe('false');
    await user.click(line);
    await waitFor(async () => expect(titles(await group('Waiting')).length).toBe(30));
    expect(titles(await group('Ended'))).toContain('Establishing 5 · TikTok');
  });
});
