import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryPlatform } from '../memory';
import { api } from '../platform';
import { session } from '../state/session.svelte';
import { toasts } from '../state/toasts.svelte';
import { openMachine, show } from '../test/library';
import FinalsList from './FinalsList.svelte';
import { renderDialog } from './render-dialog.svelte';
import RenderDialog from './RenderDialog.svelte';

const calls = (machine: MemoryPlatform) =>
  machine.calls.filter((call) => call.name === 'bulkRenderClips').map((call) => call.args);

/** Two clips whose sources are available. */
async function twoClips(): Promise<string[]> {
  const { items } = await api.listAllClips({ flag: 'unflagged', sort: 'name', limit: 2 });
  return items.map((clip) => clip.id);
}

/** A clip that can be rendered, and one whose source is missing. */
async function oneOfWhichIsLost(): Promise<string[]> {
  const { items } = await api.listAllClips({ limit: 100 });
  const estimates = await api.estimateRender(
    items.map((clip) => clip.id),
    ['tiktok'],
  );
  const lost = estimates.find((one) => one.warnings.includes('source_missing'));
  const sound = estimates.find((one) => !one.warnings.includes('source_missing') && one.up_to_date === null);
  return [sound?.clip_id ?? '', lost?.clip_id ?? ''];
}

/** The presets of the profile's last render. */
async function chosenBefore(...render_presets: string[]): Promise<void> {
  await api.updateProfileSettings({ output_folder: null, render_presets });
  await session.load();
}

/** A clip with captions at 18 % from the bottom, the former default. */
async function captioned(): Promise<string> {
  const [id = ''] = await twoClips();
  await api.updateClipContent(id, {
    captions: [{ start_us: 0, end_us: 1_000_000, text: 'Nobody told us' }],
    style: { ...(await api.getClip(id)).content.style, position: 'bottom', margin_permille: 180 },
  });
  return id;
}

describe('rendering', () => {
  beforeEach(() => {
    renderDialog.close();
  });

  it('makes every clip with every preset that was chosen', async () => {
    const machine = await openMachine();
    const ids = await twoClips();
    renderDialog.open(ids);
    const { user } = show(RenderDialog, {});
    await user.click(await screen.findByRole('checkbox', { name: 'TikTok' }));
    await user.click(screen.getByRole('checkbox', { name: 'Square 1:1' }));
    await user.click(await screen.findByRole('button', { name: 'Render 4 files' }));
    await waitFor(() => expect(calls(machine)).toEqual([[ids, ['tiktok', 'square'], null]]));
    await waitFor(() => expect(renderDialog.shown).toBe(false));
    expect(toasts.list.at(-1)?.text).toBe('4 finals are being rendered.');
  });

  it('remembers the presets for the next time, after a restart as well', async () => {
    await openMachine();
    renderDialog.open(await twoClips());
    const { user } = show(RenderDialog, {});
    await user.click(await screen.findByRole('checkbox', { name: 'TikTok' }));
    await user.click(await screen.findByRole('button', { name: 'Render 2 files' }));
    await waitFor(() => expect(renderDialog.shown).toBe(false));
    renderDialog.presets = [];
    await session.load();
    renderDialog.open(await twoClips());
    const card = await screen.findByRole('checkbox', { name: 'TikTok' });
    expect(card.getAttribute('aria-checked')).toBe('true');
  });

  it('says where a platform covers the captions, and moves them, with a way back', async () => {
    await openMachine();
    await chosenBefore('tiktok', 'youtube_shorts', 'youtube_1080p');
    const id = await captioned();
    renderDialog.open([id]);
    const { user } = show(RenderDialog, {});
    const words = /Buttons and words of TikTok and YouTube Shorts lie over the captions/;
    expect(await screen.findByText(words)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Move the captions' }));
    await waitFor(() => expect(screen.queryByText(words)).toBeNull());
    const margin = async () => (await api.getClip(id)).content.style.margin_permille;
    expect(await margin()).toBe(360);
    toasts.act(toasts.list.at(-1)?.id ?? 0);
    await waitFor(async () => expect(await margin()).toBe(180));
  });

  it('leaves out what is up to date until it is asked for again', async () => {
    const machine = await openMachine();
    const final = (await api.listExports(null)).find((one) => !one.stale);
    await chosenBefore(final?.preset ?? '');
    renderDialog.open([final?.clip_id ?? '', ...(await twoClips())]);
    const { user } = show(RenderDialog, {});
    expect(await screen.findByText('1 file is up to date and left out.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Render 2 files' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Render again' }));
    await user.click(await screen.findByRole('button', { name: 'Render 3 files' }));
    await waitFor(() => expect(calls(machine)[0]?.[0]).toHaveLength(3));
  });

  it('leaves out a file that is taken off the list', async () => {
    const machine = await openMachine();
    const ids = await twoClips();
    await chosenBefore('tiktok');
    renderDialog.open(ids);
    const { user } = show(RenderDialog, {});
    const files = await screen.findByRole('list', { name: 'Files' });
    await user.click(within(files).getAllByRole('checkbox')[0] as HTMLElement);
    await user.click(await screen.findByRole('button', { name: 'Render 1 file' }));
    await waitFor(() => expect(calls(machine)).toEqual([[[ids[1]], ['tiktok'], null]]));
  });

  it('renders into a folder that was chosen for this time', async () => {
    const machine = await openMachine();
    const ids = await twoClips();
    await chosenBefore('tiktok');
    renderDialog.open(ids);
    const { user } = show(RenderDialog, {});
    await user.click(await screen.findByRole('button', { name: 'Choose…' }));
    await user.click(await screen.findByRole('button', { name: 'Render 2 files' }));
    await waitFor(() => expect(calls(machine)).toEqual([[ids, ['tiktok'], machine.answers.folder]]));
  });

  it('names the files that are refused and stays open', async () => {
    const machine = await openMachine({ live: false });
    await chosenBefore('tiktok');
    const ids = await twoClips();
    renderDialog.open(ids);
    const { user } = show(RenderDialog, {});
    const start = await screen.findByRole('button', { name: 'Render 2 files' });
    // A drive is disconnected while the editor chooses.
    const { cuts } = (await api.getClip(ids[0] ?? '')).clip;
    machine.world.library.source(cuts[0]?.source_id ?? '').state = 'missing';
    await user.click(start);
    expect(await screen.findByText('1 file is not rendered')).toBeTruthy();
    expect(screen.getByText('1 other is under way.')).toBeTruthy();
    expect(renderDialog.shown).toBe(true);
  });

  it('makes what can be made, and nothing where every source is missing', async () => {
    const machine = await openMachine();
    const [sound, lost] = (await oneOfWhichIsLost()) as [string, string];
    await chosenBefore('tiktok');
    renderDialog.open([lost]);
    const { user, unmount } = show(RenderDialog, {});
    expect(
      await screen.findByText('The source files are missing. They have to be found first.'),
    ).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Render' }).disabled).toBe(true);
    expect(screen.queryByText(/about 0/)).toBeNull();
    unmount();
    renderDialog.open([sound, lost]);
    show(RenderDialog, {});
    await user.click(await screen.findByRole('button', { name: 'Render 1 file' }));
    await waitFor(() => expect(calls(machine)).toEqual([[[sound], ['tiktok'], null]]));
  });

  it('says before that a source is missing, and is right again once it was found', async () => {
    await openMachine();
    await chosenBefore('tiktok');
    renderDialog.open(await oneOfWhichIsLost());
    const { user } = show(RenderDialog, {});
    expect(await screen.findByText(/The source file is not where it was/)).toBeTruthy();
    await user.click(await screen.findByRole('button', { name: /^Find “/ }));
    await waitFor(() => expect(screen.queryByText(/The source file is not where it was/)).toBeNull());
  });
});

describe('the finals', () => {
  it('are rendered again with their preset into the folder where they lie', async () => {
    const machine = await openMachine();
    const { user } = show(FinalsList, { project: null });
    const [again] = await screen.findAllByRole('button', { name: 'Render again' });
    await user.click(again as HTMLElement);
    // The newest one is up to date, so it asks first.
    const question = await screen.findByRole('alertdialog');
    expect(machine.calls.some((call) => call.name === 'renderFinalClip')).toBe(false);
    await user.click(within(question).getByRole('button', { name: 'Render again' }));
    await waitFor(() => expect(machine.calls.some((call) => call.name === 'renderFinalClip')).toBe(true));
    const call = machine.calls.find((one) => one.name === 'renderFinalClip');
    const [first] = await api.listExports(null);
    expect(call?.args.slice(0, 2)).toEqual([first?.clip_id, first?.preset]);
    expect(first?.path.startsWith(String(call?.args[2]))).toBe(true);
  });

  it('say what to do while there are none', async () => {
    await openMachine({ library: 'empty' });
    const { id } = await api.createProject({ name: 'Nothing in it' });
    show(FinalsList, { project: id });
    expect(await screen.findByText('No finals yet')).toBeTruthy();
  });
});
