import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { preferences } from '../state/settings.svelte';
import { openMachine, show } from '../test/library';
import BrokenLibraryScreen from './BrokenLibraryScreen.svelte';
import FfmpegNotice from './FfmpegNotice.svelte';
import FirstRunScreen from './FirstRunScreen.svelte';

describe('the first run', () => {
  it('makes a profile of the name that was typed and opens it', async () => {
    await openMachine({ library: 'none' });
    const { user } = show(FirstRunScreen, {});
    await user.type(screen.getByLabelText('Name of your profile'), 'Kiln & Clay');
    await user.click(screen.getByRole('button', { name: 'Create profile' }));
    await waitFor(() => expect(session.profile?.name).toBe('Kiln & Clay'));
  });

  it('begins with sample footage in its own project', async () => {
    await openMachine({ library: 'none' });
    const { user } = show(FirstRunScreen, {});
    await user.click(screen.getByRole('button', { name: 'Start with sample footage' }));
    await waitFor(() => expect(router.route.at).toBe('project'));
    expect(session.profile?.name).toBe('My footage');
  });

  it('tells how to get ffmpeg where it is missing, and makes no sample without it', async () => {
    await openMachine({ library: 'none', ffmpeg: false });
    show(FirstRunScreen, {});
    expect(screen.getByText('ffmpeg was not found')).toBeTruthy();
    expect(screen.getByText('sudo apt install ffmpeg')).toBeTruthy();
    const sample = screen.getByRole<HTMLButtonElement>('button', { name: 'Start with sample footage' });
    expect(sample.disabled).toBe(true);
  });
});

describe('the notice about ffmpeg', () => {
  it('is not there while ffmpeg is', async () => {
    await openMachine();
    show(FfmpegNotice, {});
    expect(screen.queryByRole('region', { name: 'ffmpeg is missing' })).toBeNull();
  });

  it('goes once the editor has shown where ffmpeg is', async () => {
    const machine = await openMachine({ ffmpeg: false });
    const { user } = show(FfmpegNotice, {});
    await user.click(screen.getByRole('button', { name: 'How to get it' }));
    machine.world.ffmpeg = { found: true, path: machine.answers.ffmpeg, version: '7.1.3', problem: null };
    await user.click(screen.getByRole('button', { name: 'Choose where it is…' }));
    await waitFor(() => expect(preferences.value.ffmpeg_path).toBe(machine.answers.ffmpeg));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'How to get it' })).toBeNull());
  });
});

describe('a library that does not open', () => {
  it('is put back from the newest snapshot, and tells where the broken file is kept', async () => {
    await openMachine({ broken: 'restorable' });
    const { user } = show(BrokenLibraryScreen, {});
    await user.click(screen.getByRole('button', { name: 'Restore the newest snapshot' }));
    expect(await screen.findByText('The library is back')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Open the library' }));
    await waitFor(() => expect(preferences.info?.problem).toBeNull());
  });

  it('offers no snapshot where there is none, but says where the library lies', async () => {
    await openMachine({ broken: 'lost' });
    show(BrokenLibraryScreen, {});
    expect(screen.queryByRole('button', { name: 'Restore the newest snapshot' })).toBeNull();
    expect(screen.getByText(preferences.info?.data_dir ?? 'nowhere')).toBeTruthy();
  });

  it('says nothing of a broken file where the library is missing', async () => {
    await openMachine({ broken: 'missing' });
    const { user } = show(BrokenLibraryScreen, {});
    expect(screen.queryByText(/broken file/)).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Restore the newest snapshot' }));
    expect(await screen.findByText('The newest snapshot was put in place.')).toBeTruthy();
  });

  it('can be gone on with where the damage was found while it was open', async () => {
    const machine = await openMachine();
    machine.world.problem = { notice: { code: 'library_corrupt', why: 'window' }, detail: '' };
    await preferences.refresh();
    const { user } = show(BrokenLibraryScreen, {});
    expect(screen.getByText('The library is damaged')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Go on all the same' }));
    expect(preferences.info?.problem).toBeNull();
  });
});
