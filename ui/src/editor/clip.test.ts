import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryPlatform } from '../memory';
import { openMachine, show } from '../test/library';
import ClipScreen from './ClipScreen.svelte';

let machine: MemoryPlatform;
let id: string;

beforeEach(async () => {
  machine = await openMachine({ library: 'full', live: false });
  const { items } = await machine.commands.listAllClips({ limit: 1 });
  id = items[0]?.id ?? '';
  await machine.commands.updateClipContent(id, {
    captions: [{ start_us: 0, end_us: 1_000_000, text: 'Hello' }],
  });
});

async function open() {
  const rendered = show(ClipScreen, { id });
  await screen.findByRole('textbox', { name: 'Name of the clip' });
  return rendered;
}

const sent = (name: string) => machine.calls.filter((call) => call.name === name).length;

describe('the clip', () => {
  it('sends what is changed by itself, once the hand rests', async () => {
    const { user } = await open();
    const before = sent('updateClipContent');
    const text = screen.getByRole('textbox', { name: 'Text of caption 1' });
    await user.type(text, ' there');
    expect(screen.getByTestId('clip-saved').textContent).toContain('Saving');
    await waitFor(() => expect(screen.getByTestId('clip-saved').textContent).toContain('Saved'), {
      timeout: 3000,
    });
    expect(sent('updateClipContent')).toBe(before + 1);
    expect((await machine.commands.getClip(id)).content.captions[0]?.text).toBe('Hello there');
  });

  it('leaves what another window changes meanwhile, in the same style and captions, too', async () => {
    const { user } = await open();
    // This window has not been notified yet.
    const row = machine.world.library.clip(id);
    row.content.style = { ...row.content.style, colour: '#FFE600' };
    row.framing = { ...row.framing, mode: 'blur' };
    row.content.captions = [{ start_us: 0, end_us: 1_000_000, text: 'Theirs' }];
    row.clip.tags = ['Theirs'];
    await user.type(screen.getByLabelText('Add a tag'), 'Ours{Enter}');
    screen.getByRole('slider', { name: 'Start of the clip' }).focus();
    await user.keyboard('{ArrowRight}');
    await user.click(screen.getByRole('tab', { name: 'Style' }));
    await fireEvent.input(await screen.findByRole('slider', { name: 'Size' }), { target: { value: '60' } });
    await user.click(screen.getByRole('tab', { name: 'Frame' }));
    await fireEvent.input(await screen.findByRole('slider', { name: 'Centre, across' }), {
      target: { value: '2000' },
    });
    await waitFor(() => expect(screen.getByTestId('clip-saved').textContent).toContain('Saved'), {
      timeout: 3000,
    });
    expect(row.content.style).toMatchObject({ size_permille: 60, colour: '#FFE600' });
    expect(row.framing).toMatchObject({ mode: 'blur', centre_x_bp: 2000 });
    expect(row.content.captions[0]?.text).toBe('Theirs');
    expect(row.clip.tags).toEqual(['Theirs', 'Ours']);
  });

  it('goes back with Ctrl+Z, even from within a field', async () => {
    const { user } = await open();
    const text = screen.getByRole('textbox', { name: 'Text of caption 1' });
    await user.type(text, ' there');
    await user.keyboard('{Control>}z{/Control}');
    expect((text as HTMLTextAreaElement).value).toBe('Hello');
    await user.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    expect((text as HTMLTextAreaElement).value).toBe('Hello there');
  });

  it('sends what is left when the screen is left', async () => {
    const { user, unmount } = await open();
    await user.click(screen.getByRole('tab', { name: 'Sound' }));
    const keep = await screen.findByRole('switch', { name: 'Keep the sound' });
    const kept = keep.getAttribute('aria-checked') === 'true';
    await user.click(keep);
    unmount();
    await waitFor(async () => expect((await machine.commands.getClip(id)).clip.muted).toBe(kept));
  });

  it('gives a new caption the focus, so that what is typed is its text and no command', async () => {
    const { user } = await open();
    const before = (await machine.commands.getClip(id)).clip.cuts;
    await user.click(screen.getByRole('button', { name: 'Delete the caption' }));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await user.keyboard('Nobody rode');
    const text = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Text of caption 1' });
    expect([text.value, document.activeElement]).toEqual(['Nobody rode', text]);
    await user.keyboard('{Escape}');
    expect(document.activeElement).not.toBe(text);
    expect(screen.getByRole('textbox', { name: 'Name of the clip' })).toBeTruthy();
    await waitFor(
      async () => {
        const { content, clip } = await machine.commands.getClip(id);
        expect([content.captions.map((cue) => cue.text), clip.cuts]).toEqual([['Nobody rode'], before]);
      },
      { timeout: 3000 },
    );
  });

  it('goes on to the nearest caption where one is deleted', async () => {
    const cue = (at: number) => ({ start_us: at * 1e6, end_us: at * 1e6 + 5e5, text: `Line ${at}` });
    await machine.commands.updateClipContent(id, { captions: [cue(0), cue(1), cue(2)] });
    const { user } = await open();
    const remove = () => screen.getAllByRole('button', { name: 'Delete the caption' }).at(-1) as HTMLElement;
    const typedIn = () => (document.activeElement as HTMLTextAreaElement).value;
    await user.click(remove());
    expect(typedIn()).toBe('Line 1');
    await user.click(remove());
    expect(typedIn()).toBe('Line 0');
  });

  it('does not take an empty name', async () => {
    const { user } = await open();
    const name = screen.getByRole<HTMLInputElement>('textbox', { name: 'Name of the clip' });
    const before = name.value;
    await user.clear(name);
    await user.keyboard('{Enter}');
    expect(name.value).toBe(before);
  });

  it('trims an end by the keyboard', async () => {
    const { user } = await open();
    const { cuts } = (await machine.commands.getClip(id)).clip;
    screen.getByRole('slider', { name: 'End of the clip' }).focus();
    await user.keyboard('{Shift>}{ArrowLeft}{/Shift}');
    await waitFor(
      async () => {
        const after = (await machine.commands.getClip(id)).clip.cuts;
        expect(after.at(-1)?.out_us).toBe((cuts.at(-1)?.out_us ?? 0) - 1_000_000);
      },
      { timeout: 3000 },
    );
  });

  it('says so when a change could not be kept, and tries again', async () => {
    const { user } = await open();
    machine.world.options.fail = { updateClipContent: 'library' };
    await user.type(screen.getByRole('textbox', { name: 'Script' }), 'A line');
    await waitFor(() => expect(screen.getByTestId('clip-saved').textContent).toContain('Not saved'), {
      timeout: 3000,
    });
    machine.world.options.fail = {};
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(async () => expect((await machine.commands.getClip(id)).content.script).toBe('A line'));
  });

  it('leaves the captions of a trimmed clip to the library, and shows what it made of them', async () => {
    const { user } = await open();
    await waitFor(() => expect(sent('updateClipContent')).toBe(1));
    screen.getByRole('slider', { name: 'Start of the clip' }).focus();
    await user.keyboard('{ArrowRight}{ArrowRight}');
    await waitFor(() => expect(sent('updateClip')).toBe(1), { timeout: 3000 });
    await waitFor(() => expect(screen.getByTestId('clip-saved').textContent).toContain('Saved'), {
      timeout: 3000,
    });
    const { captions } = (await machine.commands.getClip(id)).content;
    expect(captions[0]?.end_us).toBeLessThan(1_000_000);
    expect(sent('updateClipContent')).toBe(1);
  });

  it('shows how an imported file was read, and reads it in another encoding', async () => {
    const { user } = await open();
    await user.click(screen.getByRole('button', { name: 'Import an SRT file' }));
    const file = await screen.findByRole('group', { name: 'Imported file' });
    expect(file.textContent).toContain('Вода ушла,');
    expect(file.textContent).toContain('1 caption begins after the clip ends');
    const encoding = screen.getByRole('combobox', { name: 'Encoding of the file' });
    expect(encoding.textContent).toContain('Cyrillic (windows-1251)');
    await user.click(encoding);
    await user.click(await screen.findByRole('option', { name: 'Western European (windows-1252)' }));
    await waitFor(() => expect(file.textContent).toContain('Âîäà óøëà,'));
    expect(machine.calls.findLast((call) => call.name === 'importClipCaptions')?.args.at(-1)).toBe(
      'windows-1252',
    );
    await user.click(screen.getByRole('button', { name: 'Hide how the file was read' }));
    expect(screen.queryByRole('group', { name: 'Imported file' })).toBeNull();
  });
});
