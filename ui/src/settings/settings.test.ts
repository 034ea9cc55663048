import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PLAIN_WEIGHTS } from '../memory/analysis';
import { api } from '../platform';
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';
import { toasts } from '../state/toasts.svelte';
import { openMachine, show } from '../test/library';
import SettingsScreen from './SettingsScreen.svelte';

afterEach(() => vi.unstubAllGlobals());

describe('the settings', () => {
  it('rename the profile when the field is left', async () => {
    await openMachine();
    const { user } = show(SettingsScreen, {});
    const field = screen.getByLabelText('Name');
    await user.clear(field);
    await user.type(field, 'Ana & Co.{Enter}');
    await waitFor(() => expect(session.profile?.name).toBe('Ana & Co.'));
  });

  it('refuse a name that is taken, at the field', async () => {
    await openMachine();
    const other = session.profiles.find((profile) => profile.id !== session.profile?.id);
    const { user } = show(SettingsScreen, {});
    const field = screen.getByLabelText('Name');
    await user.clear(field);
    await user.type(field, `${other?.name ?? ''}{Enter}`);
    expect((await screen.findByRole('alert')).textContent).toContain('already');
  });

  it('delete a profile only after its name was typed', async () => {
    await openMachine();
    const other = session.profiles.find((profile) => profile.id !== session.profile?.id);
    const name = other?.name ?? '';
    const { user } = show(SettingsScreen, {});
    await user.click(screen.getByRole('button', { name: `More for ${name}` }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete…' }));
    const dialog = await screen.findByRole('alertdialog');
    const confirm = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Delete profile' });
    expect(confirm.disabled).toBe(true);
    await user.type(within(dialog).getByRole('textbox'), name);
    await user.click(confirm);
    await waitFor(() => expect(session.profiles.some((profile) => profile.id === other?.id)).toBe(false));
  });

  it('say which finals a deleted profile leaves, and where', async () => {
    await openMachine({ finals: '/home/ana/Videos/Rushes' });
    const { user } = show(SettingsScreen, {});
    expect(screen.getByText('/home/ana/Videos/Rushes')).toBeTruthy();
    const name = session.profile?.name ?? '';
    await user.click(screen.getByRole('button', { name: `More for ${name}` }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete…' }));
    const dialog = await screen.findByRole('alertdialog');
    await user.type(within(dialog).getByRole('textbox'), name);
    await user.click(within(dialog).getByRole('button', { name: 'Delete profile' }));
    await waitFor(() => expect(toasts.list.at(-1)?.text).toContain(`“${name}” was deleted.`));
    expect(toasts.list.at(-1)?.lines).toEqual([`/home/ana/Videos/Rushes/${name}`]);
  });

  it('change the theme at once', async () => {
    await openMachine();
    const { user } = show(SettingsScreen, {});
    await user.click(screen.getByRole('radio', { name: 'Light' }));
    await waitFor(() => expect(preferences.theme).toBe('light'));
    expect(document.documentElement.dataset['theme']).toBe('light');
  });

  it('keep the folder that was chosen for the finals of the profile', async () => {
    const machine = await openMachine();
    const { user } = show(SettingsScreen, {});
    const [profileFolder] = screen.getAllByRole('group', { name: 'Folder for finals' });
    await user.click(within(profileFolder as HTMLElement).getByRole('button', { name: 'Choose…' }));
    await waitFor(() => expect(session.profile?.settings.output_folder).toBe(machine.answers.folder));
  });

  it('keep what counts in a score once the hand rests, and go back to the defaults', async () => {
    const machine = await openMachine();
    const { user } = show(SettingsScreen, {});
    const speech = await screen.findByRole<HTMLInputElement>('slider', { name: 'Speech' });
    for (const value of ['50', '70']) await fireEvent.input(speech, { target: { value } });
    await waitFor(() => expect(session.profile?.settings.score_weights?.speech).toBe(70));
    expect(machine.calls.filter((call) => call.name === 'setScoreWeights')).toHaveLength(1);
    await user.click(screen.getByRole('button', { name: 'Reset to the defaults' }));
    await waitFor(() => expect(session.profile?.settings.score_weights).toBeNull());
    expect((await screen.findByRole<HTMLInputElement>('slider', { name: 'Speech' })).value).toBe('20');
  });

  it('leave what another window changes meanwhile', async () => {
    const machine = await openMachine();
    const { user } = show(SettingsScreen, {});
    const speech = await screen.findByRole<HTMLInputElement>('slider', { name: 'Speech' });
    // This window has not been notified yet.
    machine.world.settings = { ...machine.world.settings, auto_advance: false };
    const { profile } = machine.world.library;
    machine.world.library.profile = {
      ...profile,
      settings: { ...profile.settings, score_weights: { ...PLAIN_WEIGHTS, pace: 77 } },
    };
    await user.click(screen.getByRole('switch', { name: 'Quiet mode' }));
    await fireEvent.input(speech, { target: { value: '70' } });
    await waitFor(async () => expect(await api.getScoreWeights()).toMatchObject({ speech: 70, pace: 77 }));
    expect(await api.getSettings()).toMatchObject({ quiet: true, auto_advance: false });
  });

  it('set how many jobs work at once, and quiet mode', async () => {
    await openMachine();
    const { user } = show(SettingsScreen, {});
    await user.click(screen.getByRole('switch', { name: 'Quiet mode' }));
    await waitFor(() => expect(preferences.value.quiet).toBe(true));
    await user.click(screen.getByLabelText('Jobs at once'));
    await user.click(await screen.findByRole('option', { name: '4' }));
    await waitFor(() => expect(preferences.value.jobs_at_once).toBe(4));
  });

  it('refuse less room for previews than is needed', async () => {
    await openMachine();
    const { user } = show(SettingsScreen, {});
    const field = screen.getByLabelText('Room for previews');
    await user.clear(field);
    await user.type(field, '0.4');
    expect((await screen.findByRole('alert')).textContent).toContain('A number from 0.5');
    await user.clear(field);
    await user.type(field, '2.5{Enter}');
    await waitFor(() => expect(preferences.value.cache_limit_mb).toBe(2_500));
    await user.click(screen.getByRole('button', { name: 'Use the default' }));
    await waitFor(() => expect(preferences.value.cache_limit_mb).toBeNull());
  });

  it('have a file made of each new clip', async () => {
    await openMachine();
    const { user } = show(SettingsScreen, {});
    await user.click(screen.getByRole('switch', { name: 'Make a file of each new clip' }));
    await waitFor(() => expect(session.profile?.settings.clip_files).toBe(true));
  });

  it('delete clip files once that was agreed to, and say how much became free', async () => {
    const machine = await openMachine();
    const { user } = show(SettingsScreen, {});
    const files = async () =>
      (await api.listAllClips({ limit: 500 })).items.filter((clip) => clip.has_file).length;
    const remove = async (answer: string) => {
      await user.click(screen.getByRole('button', { name: 'Delete clip files' }));
      const title = 'Delete all clip files of this profile?';
      const asked = await screen.findByRole('alertdialog', { name: title });
      await user.click(within(asked).getByRole('button', { name: answer }));
    };
    expect(await files()).toBeGreaterThan(0);
    await remove('Cancel');
    expect(machine.calls.filter((call) => call.name === 'clearClipFiles')).toHaveLength(0);
    await remove('Delete clip files');
    const said = /^\d+ clip files were deleted; .+ became free\.$/;
    await waitFor(() => expect(toasts.list.at(-1)?.text).toMatch(said));
    expect(await files()).toBe(0);
  });

  it('settle what was left over, and say of each what could not be settled', async () => {
    const machine = await openMachine();
    const { user } = show(SettingsScreen, {});
    const list = await screen.findByRole('list', { name: 'Left-over files' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(4);
    await user.click(within(list).getByRole('checkbox', { name: 'Select clip-000031.part.mp4' }));
    await user.click(screen.getByRole('button', { name: 'Settle 1 selected' }));
    const asked = await screen.findByRole('alertdialog', { name: 'Remove 1 file from the disk?' });
    await user.click(within(asked).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(within(list).getAllByRole('listitem')).toHaveLength(3));
    await user.click(screen.getByRole('button', { name: 'Settle all' }));
    await user.click(await screen.findByRole('button', { name: 'Remove' }));
    await within(list).findByText(/Rushes may not write there/);
    expect(machine.world.library.orphans.size).toBe(1);
    expect(screen.getByText(/2 settled\. 1 could not be settled\./)).toBeTruthy();
  });
});

describe('the notices of third parties', () => {
  it('are shown as they were written at the build', async () => {
    await openMachine();
    vi.stubGlobal('fetch', async () => new Response('svelte 5 (MIT)'));
    const { user } = show(SettingsScreen, {});
    await user.click(screen.getByRole('button', { name: 'Third-party notices' }));
    const dialog = await screen.findByRole('dialog', { name: 'Third-party notices' });
    await waitFor(() => expect(dialog.textContent).toContain('svelte 5 (MIT)'));
  });

  it('say so where the build has none', async () => {
    await openMachine();
    vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
    const { user } = show(SettingsScreen, {});
    await user.click(screen.getByRole('button', { name: 'Third-party notices' }));
    expect((await screen.findByRole('alert')).textContent).toContain('make ui');
  });
});
