import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { api } from '../platform';
import { openMachine, show } from '../test/library';
import SourceScreen from './SourceScreen.svelte';

async function sourceNamed(part: string): Promise<string> {
  const found = (await api.listAllSources()).find((source) => source.name.includes(part));
  if (!found) throw new Error(`no source ${part}`);
  return found.id;
}

describe('a source that was not looked at yet', () => {
  it('is looked at by itself, once, and says how far that is', async () => {
    const machine = await openMachine();
    show(SourceScreen, { id: await sourceNamed('A001_C007') });
    expect(await screen.findByTestId('looking')).toBeTruthy();
    machine.finishJobs();
    await waitFor(() => expect(screen.getByTestId('facts').textContent).toContain('LUFS'));
    expect(screen.queryByTestId('looking')).toBeNull();
    expect(machine.calls.filter((call) => call.name === 'analyseSource')).toHaveLength(1);
  });

  it('says why it could not be looked at, and tries again', async () => {
    const machine = await openMachine({ analysis: 'fails' });
    const { user } = show(SourceScreen, { id: await sourceNamed('A001_C007') });
    await screen.findByTestId('looking');
    machine.finishJobs();
    expect((await screen.findByRole('alert')).textContent).toContain('may not be read');
    machine.world.options.analysis = undefined;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    machine.finishJobs();
    await waitFor(() => expect(screen.getByTestId('facts').textContent).toContain('shots'));
  });
});

describe('a source with several sound tracks', () => {
  it('has a menu that chooses which are used', async () => {
    const machine = await openMachine();
    const id = await sourceNamed('A001_C007');
    const { user } = show(SourceScreen, { id });
    await user.click(await screen.findByRole('button', { name: 'Sound tracks' }));
    const second = await screen.findByRole('menuitemcheckbox', { name: /^Track 2/ });
    expect(second.getAttribute('aria-checked')).toBe('false');
    await user.click(second);
    await waitFor(() =>
      expect(machine.calls.find((call) => call.name === 'setSourceSound')?.args).toEqual([
        id,
        [{ stream_index: 2, used: true }],
      ]),
    );
    await screen.findByText('2 sound tracks mixed', { exact: false });
  });
});

describe('a source that was looked at', () => {
  it('is not looked at again', async () => {
    const machine = await openMachine();
    show(SourceScreen, { id: await sourceNamed('GX010112') });
    await waitFor(() => expect(screen.getByTestId('facts').textContent).toContain('LUFS'));
    expect(machine.calls.some((call) => call.name === 'analyseSource')).toBe(false);
  });

  it('is looked at again where that is of an older version, which is shown meanwhile', async () => {
    const machine = await openMachine();
    const id = await sourceNamed('GX010112');
    machine.world.library.outdated.add(id);
    show(SourceScreen, { id });
    expect(await screen.findByTestId('looking')).toBeTruthy();
    expect(screen.getByTestId('facts').textContent).toContain('LUFS');
    machine.finishJobs();
    await waitFor(() => expect(screen.queryByTestId('looking')).toBeNull());
    expect(machine.calls.filter((call) => call.name === 'analyseSource')).toHaveLength(1);
  });

  it('plays once there is a version that the window can play', async () => {
    const machine = await openMachine();
    const id = await sourceNamed('GX010112');
    show(SourceScreen, { id });
    const film = await waitFor(() => {
      const found = document.querySelector('video');
      if (!found) throw new Error('no film');
      return found;
    });
    film.dispatchEvent(new Event('error'));
    await screen.findByText('This film cannot be played.', { exact: false });
    machine.world.emit(machine.world.library, { type: 'analysis_changed', source_id: id });
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  it('lists its moments as buttons; one can be made a segment with the keys alone', async () => {
    await openMachine();
    const id = await sourceNamed('GX010112');
    const { user } = show(SourceScreen, { id });
    const list = await screen.findByRole('list', { name: 'Moments that would make a clip' });
    const [first] = await within(list).findAllByRole('button', { name: /^Candidate 1, .* score \d+$/ });
    expect(first).toBeTruthy();
    await user.keyboard('c');
    await waitFor(() => expect(document.activeElement?.getAttribute('data-candidate')).toBe('0'));
    const card = await screen.findByRole('group', { name: 'Candidate 1' });
    expect(within(card).getByText('Pace')).toBeTruthy();
    await user.keyboard('{Tab}{Tab}{Enter}');
    const { project_id } = await api.getSource(id);
    await waitFor(async () => expect(await api.listSegments(project_id)).toHaveLength(1));
  });

  it('tells the timeline in words', async () => {
    await openMachine();
    show(SourceScreen, { id: await sourceNamed('GX010112') });
    await waitFor(() =>
      expect(document.querySelector('[id$="-summary"]')?.textContent).toMatch(/shots.*speech.*candidates/),
    );
    const head = screen.getByRole('slider', { name: 'Position in the film' });
    expect(head.getAttribute('aria-valuetext')).toBe('0:00.00');
  });
});
