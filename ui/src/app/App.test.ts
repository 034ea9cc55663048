import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryPlatform, type MemoryOptions, type MemoryPlatform } from '../memory';
import { startPlatform } from '../platform';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { toasts } from '../state/toasts.svelte';
import { renderSome } from '../test/library';
import App from './App.svelte';
import { frame } from './frame.svelte';

let machine: MemoryPlatform;

async function open(options: MemoryOptions = {}) {
  machine = createMemoryPlatform({ profile: 'Ana', ...options });
  startPlatform(machine);
  render(App);
  return userEvent.setup();
}

beforeEach(() => {
  session.open = null;
  session.profiles = [];
  toasts.clear();
  router.replace({ at: 'projects' });
  frame.palette = false;
  frame.help = false;
});

describe('the window', () => {
  it('names the profile in its title and its bar', async () => {
    await open();
    await screen.findByRole('button', { name: 'Profile Ana' });
    expect(machine.title).toBe('Ana — Rushes');
  });

  it('switches the profile by its number and leaves nothing of the old library', async () => {
    const user = await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    await user.keyboard('{Control>}2{/Control}');
    await screen.findByRole('button', { name: 'Profile Bergmann & Söhne' });
    await screen.findByRole('heading', { name: 'Schreinerei-Film' });
    expect(screen.queryByText('Spring campaign')).toBeNull();
  });

  it('opens a window for another profile from the menu', async () => {
    const user = await open();
    await user.click(await screen.findByRole('button', { name: 'Profile Ana' }));
    await user.click(await screen.findByRole('menuitem', { name: 'New window as…' }));
    const submenus = await screen.findAllByRole('menu');
    await user.click(
      within(submenus.at(-1) as HTMLElement).getByRole('menuitem', { name: 'Studio Nordlicht' }),
    );
    await waitFor(() => expect(machine.world.opened).toHaveLength(1));
  });

  it('finds a clip by its name and goes there', async () => {
    const user = await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    const [clip] = (await machine.commands.listAllClips({ search: 'Hands' })).items;
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Search or command' }), 'hands');
    await screen.findAllByRole('option', { name: new RegExp(clip?.name ?? '') });
    await user.keyboard('{Enter}');
    await waitFor(() => expect(location.hash).toContain('#/clip/'));
  });

  it('gives commands from the palette', async () => {
    const user = await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Search or command' }), 'go queue{Enter}');
    await waitFor(() => expect(location.hash).toBe('#/queue'));
  });

  it('shows the keys of the screen', async () => {
    const user = await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    await user.keyboard('?');
    const sheet = await screen.findByRole('dialog', { name: 'Keys on this screen' });
    expect(within(sheet).getByText('New project')).toBeTruthy();
  });

  it('says where dropped files will go, and takes them', async () => {
    await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    for (const listener of machine.world.dropListeners) listener({ kind: 'over', count: 1, x: 5, y: 5 });
    await screen.findByTestId('drop-layer');
    machine.drop(['/home/ana/Beach.mp4']);
    await waitFor(() => expect(location.hash).toContain('#/project/'));
    expect(screen.queryByTestId('drop-layer')).toBeNull();
  });

  it('tells of work that failed, wherever the editor is', async () => {
    await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    await screen.findByRole('button', { name: /Queue: 3 jobs/ });
    const [running] = await machine.commands.listJobs({ active: true });
    if (!running) throw new Error('nothing runs');
    machine.emit({
      type: 'job_changed',
      job: {
        ...running,
        state: 'failed',
        error: { code: 'disk_full', why: 'full' },
        ended_at_ms: Date.now(),
      },
    });
    await within(screen.getByTestId('toasts')).findByText('The disk is full. Free some space and try again.');
  });

  it('says where new clips wait to be judged, unless the editor looks at them', async () => {
    await open();
    await screen.findByRole('button', { name: /Queue: 3 jobs/ });
    const jobs = await machine.commands.listJobs({ active: true });
    const making = jobs.find((job) => job.kind === 'generate');
    if (!making?.project_id) throw new Error('no clips are being made');
    const end = () =>
      machine.emit({ type: 'job_changed', job: { ...making, state: 'done', ended_at_ms: Date.now() } });
    const words = `New clips in “${making.title}” are ready to judge.`;
    end();
    await within(screen.getByTestId('toasts')).findByText(words);
    toasts.clear();
    router.go({ at: 'project', id: making.project_id, stage: 'rushes' });
    machine.emit({ type: 'job_changed', job: making });
    end();
    await screen.findByRole('button', { name: /Queue: 2 jobs/ });
    expect(within(screen.getByTestId('toasts')).queryByText(words)).toBeNull();
  });

  it('tells of a batch once, in the window and outside of it', async () => {
    await open();
    await screen.findByRole('button', { name: /Queue: 3 jobs/ });
    await renderSome(machine, 5);
    await screen.findByRole('button', { name: /Queue: 8 jobs/ });
    machine.finishJobs();
    await within(screen.getByTestId('toasts')).findByText('5 finals are ready.');
    const notices = machine.calls.filter(({ name }) => name === 'notify').map(({ args }) => args[1]);
    expect(notices.filter((body) => body === '5 finals are ready.')).toHaveLength(1);
  });

  it('shows in the task bar how far the work is, and nothing once it is over', async () => {
    await open();
    await screen.findByRole('button', { name: /Queue: 3 jobs/ });
    const shown = () =>
      machine.calls.filter(({ name }) => name === 'showProgress').map(({ args }) => args[0]);
    await waitFor(() => expect(shown()).toEqual([3_200]));
    machine.finishJobs();
    await waitFor(() => expect(shown().at(-1)).toBeNull());
  });

  it('tells the library what the editor looks at', async () => {
    await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    const [project] = (await machine.commands.listProjects({})).items;
    router.go({ at: 'project', id: project?.id ?? '', stage: 'rushes' });
    const looked = { name: 'lookAt', args: [{ project_id: project?.id, clip_id: null, source_id: null }] };
    await waitFor(() => expect(machine.calls).toContainEqual(looked));
  });

  it('holds the queue from the palette', async () => {
    const user = await open();
    await screen.findByRole('button', { name: /Queue: 3 jobs/ });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(
      await screen.findByRole('combobox', { name: 'Search or command' }),
      'hold the queue{Enter}',
    );
    await screen.findByRole('button', { name: /^Queue held/ });
  });

  it('stays in a library where something could not be saved', async () => {
    await open();
    await screen.findByRole('button', { name: 'Profile Ana' });
    const other = session.profiles.find((profile) => profile.name !== 'Ana')?.id ?? '';
    const stop = session.onLeave(() => Promise.reject(new Error('not saved')));
    await session.switchTo(other);
    expect(session.profile?.name).toBe('Ana');
    stop();
    await session.switchTo(other);
    expect(session.profile?.id).toBe(other);
  });

  it('has no step back into the library of another profile', async () => {
    await open();
    await screen.findByRole('heading', { name: 'Spring campaign' });
    router.go({ at: 'trash' });
    const past = { state: history.state as unknown, hash: location.hash };
    await session.switchTo(session.profiles.find((profile) => profile.name !== 'Ana')?.id ?? '');
    history.replaceState(past.state, '', past.hash);
    window.dispatchEvent(new PopStateEvent('popstate', { state: past.state }));
    expect(router.route).toEqual({ at: 'projects' });
  });

  it('asks for the first profile where there is none', async () => {
    await open({ library: 'none' });
    await screen.findByRole('heading', { name: 'Welcome to Rushes' });
  });

  it('offers the way back where the library is damaged', async () => {
    await open({ broken: 'restorable' });
    await screen.findByRole('button', { name: 'Restore the newest snapshot' });
  });

  it('goes to another profile when its own is deleted elsewhere', async () => {
    await open();
    await screen.findByRole('button', { name: 'Profile Ana' });
    await machine.commands.deleteProfile(session.profile?.id ?? '', 'Ana');
    await screen.findByRole('button', { name: 'Profile Bergmann & Söhne' });
  });
});
