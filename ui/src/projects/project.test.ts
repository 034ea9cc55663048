import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryPlatform } from '../memory';
import { api, type Project } from '../platform';
import { drop } from '../state/drop.svelte';
import { router } from '../state/router.svelte';
import { toasts } from '../state/toasts.svelte';
import { openMachine, show } from '../test/library';
import ProjectScreen from './ProjectScreen.svelte';

let machine: MemoryPlatform;
let project: Project;

async function open(name: string, stage: 'sources' | 'rushes' | 'picks' = 'sources') {
  machine = await openMachine();
  project = (await api.listProjects({ search: name })).items[0] as Project;
  const shown = show(ProjectScreen, { id: project.id, stage });
  await screen.findByRole('heading', { level: 1 });
  return shown;
}

const lastCall = (name: string) => machine.calls.findLast((call) => call.name === name)?.args;

describe('a project', () => {
  beforeEach(() => toasts.clear());

  it('shows its stages with what is in each', async () => {
    await open('Spring');
    const stages = screen.getAllByRole('tab').map((tab) => tab.textContent?.replace(/\s+/g, ' ').trim());
    const { sources, clips, picked, finals } = project.counts;
    expect(stages).toEqual([`Sources ${sources}`, `Rushes ${clips}`, `Picks ${picked}`, `Finals ${finals}`]);
  });

  it('leaves the arrow keys with the grid after a click on a stage', async () => {
    const { user } = await open('Spring', 'rushes');
    await user.click(screen.getByRole('tab', { name: /^Rushes/ }));
    expect(document.activeElement?.getAttribute('role')).not.toBe('tab');
    const before = router.route;
    await user.keyboard('{ArrowRight}');
    expect(router.route).toBe(before);
    expect(await screen.findByText('1 selected')).toBeTruthy();
    // With the tab key, the row of stages has the arrow keys as usual.
    screen.getByRole('tab', { name: /^Rushes/ }).focus();
    await user.keyboard('{ArrowRight}');
    expect(router.route).toMatchObject({ at: 'project', stage: 'picks' });
  });

  it('takes dropped files and tells of each that it refuses', async () => {
    await open('Ceramics');
    drop.take({ kind: 'drop', paths: ['/a/one.mov', '/a/two.mp4', '/a/letter.pdf'], x: 0, y: 0 });
    await waitFor(() => expect(toasts.list).toHaveLength(1));
    expect(toasts.list[0]).toMatchObject({
      text: '2 sources were added. 1 file could not be taken.',
      tone: 'warn',
    });
    expect(toasts.list[0]?.lines[0]).toContain('letter.pdf');
    expect(await api.listSources(project.id)).toHaveLength(project.counts.sources + 2);
  });

  it('makes clips as asked for in the panel, shows how far it is, and can be stopped', async () => {
    const { user } = await open('Ceramics');
    await user.keyboard('g');
    const panel = within(await screen.findByRole('complementary', { name: 'Generate clips' }));
    await user.click(panel.getByRole('radio', { name: 'Montage' }));
    const count = panel.getByLabelText('How many');
    await user.clear(count);
    await user.type(count, '5{Enter}');
    await user.click(panel.getByRole('button', { name: /Make 5 clips/ }));
    expect(lastCall('generateRawClips')).toMatchObject([project.id, { kind: 'montage', count: 5 }]);
    const strip = within(await screen.findByTestId('making'));
    expect(strip.getByRole('progressbar')).toBeTruthy();
    await user.click(strip.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByTestId('making')).toBeNull());
  });

  it('says where fewer clips came than were asked for, and why', async () => {
    const { user } = await open('Ceramics');
    await user.keyboard('g');
    const count = await screen.findByLabelText('How many');
    await user.clear(count);
    await user.type(count, '50{Enter}');
    expect(screen.getByText(/gives about \d+ clips of that length at most/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: /Make 50 clips/ }));
    await screen.findByTestId('making');
    machine.finishJobs();
    const note = await screen.findByTestId('making-note');
    await waitFor(() => expect(note.textContent).toMatch(/\d+ clips came of 50 asked for/));
    await user.click(within(note).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByTestId('making-note')).toBeNull();
  });

  it('leaves out the sources that were not chosen', async () => {
    const { user } = await open('Trail');
    await user.keyboard('g');
    const boxes = await screen.findAllByRole('checkbox');
    await user.click(boxes[0] as HTMLElement);
    await user.click(screen.getByRole('button', { name: /Make 12 clips/ }));
    const sources = await api.listSources(project.id);
    expect(lastCall('generateRawClips')).toMatchObject([project.id, { source_ids: [sources[1]?.id] }]);
  });

  it('keeps what is changed in its details', async () => {
    const { user } = await open('Ceramics');
    await user.keyboard('d');
    const field = await screen.findByRole('textbox', { name: 'Description' });
    await user.clear(field);
    await user.type(field, 'For the studio’s own page');
    await user.tab();
    await waitFor(async () =>
      expect((await api.getProject(project.id)).description).toBe('For the studio’s own page'),
    );
  });
});
