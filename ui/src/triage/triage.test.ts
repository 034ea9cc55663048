import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MemoryPlatform } from '../memory';
import type { Clip } from '../platform';
import { renderDialog } from '../render/render-dialog.svelte';
import { openMachine, show } from '../test/library';
import TriageScreen from './TriageScreen.svelte';

let machine: MemoryPlatform;
let project: string;
let clips: Clip[];

/** The clip shown on the stage. */
const shown = () => document.querySelector('video[data-shown="true"]')?.getAttribute('data-clip');
const flagOf = async (id: string) => (await machine.commands.getClip(id)).clip.flag;

beforeEach(async () => {
  // The strip draws what is visible, and nothing has a size here.
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(100);
  machine = await openMachine({ library: 'full', live: false });
  const { items } = await machine.commands.listProjects({});
  project = items.find((one) => one.counts.clips > 5)?.id ?? '';
  clips = (await machine.commands.listProjectClips(project, { sort: 'oldest', limit: 500 })).items;
  await machine.commands.bulkSelectClips(
    clips.map((clip) => clip.id),
    'unflagged',
  );
});

async function open(clip: number | null, only: 'all' | 'picked' = 'all') {
  const at = clip === null ? null : (clips[clip]?.id ?? null);
  const rendered = show(TriageScreen, { project, clip: at, only });
  await waitFor(() => expect(shown()).toBeTruthy());
  return rendered;
}

describe('triage', () => {
  it('picks with P, goes on, and counts down', async () => {
    const { user } = await open(0);
    const counter = screen.getByTestId('triage-counter');
    expect(counter.textContent).toContain(`${clips.length} left`);
    await user.keyboard('p');
    expect(shown()).toBe(clips[1]?.id);
    expect(counter.textContent).toContain(`${clips.length - 1} left`);
    await waitFor(async () => expect(await flagOf(clips[0]?.id ?? '')).toBe('picked'));
  });

  it('stays on a clip while auto-advance is off', async () => {
    const { user } = await open(0);
    await user.keyboard('a');
    await waitFor(async () => expect((await machine.commands.getSettings()).auto_advance).toBe(false));
    await user.keyboard('x4');
    expect(shown()).toBe(clips[0]?.id);
    await waitFor(async () => {
      const { clip } = await machine.commands.getClip(clips[0]?.id ?? '');
      expect([clip.flag, clip.rating]).toEqual(['rejected', 4]);
    });
  });

  it('has the neighbours loaded before they are asked for', async () => {
    await open(2);
    const loaded = () => [...document.querySelectorAll('video')].map((video) => video.dataset['clip']).sort();
    await waitFor(() => expect(loaded()).toEqual(clips.slice(1, 5).map((clip) => clip.id)));
  });

  it('keeps the element of a film that was loaded ahead', async () => {
    const { user } = await open(0);
    const loadedAhead = () => document.querySelector(`video[data-clip="${clips[1]?.id}"]`);
    await waitFor(() => expect(loadedAhead()).not.toBeNull());
    const next = loadedAhead();
    await user.keyboard('{ArrowRight}');
    expect(document.querySelector('video[data-shown="true"]')).toBe(next);
  });

  it('takes a verdict back with Z, and returns to its clip', async () => {
    const { user } = await open(0);
    await user.keyboard('pxz');
    expect(shown()).toBe(clips[1]?.id);
    await waitFor(async () => expect(await flagOf(clips[1]?.id ?? '')).toBe('unflagged'));
    expect(await flagOf(clips[0]?.id ?? '')).toBe('picked');
  });

  it('ends with a summary that renders the picks', async () => {
    const { user } = await open(clips.length - 1);
    await user.keyboard('p');
    const summary = await screen.findByTestId('triage-summary');
    await user.click(within(summary).getByRole('button', { name: 'Render the pick' }));
    expect(renderDialog.ids).toEqual([clips.at(-1)?.id]);
    renderDialog.close();
  });

  it('compares two, and judges the active side', async () => {
    const { user } = await open(0);
    await user.keyboard('c');
    const films = () =>
      [...document.querySelectorAll('video[data-shown="true"]')].map((film) =>
        film.getAttribute('data-clip'),
      );
    expect(films()).toEqual([clips[0]?.id, clips[1]?.id]);
    await user.keyboard('{ArrowRight}p');
    expect(films()).toEqual([clips[0]?.id, clips[2]?.id]);
    await waitFor(async () => expect(await flagOf(clips[2]?.id ?? '')).toBe('picked'));
    expect(await flagOf(clips[0]?.id ?? '')).toBe('unflagged');
  });

  it('begins at the first clip that is not judged, and lets it run', async () => {
    const judged = clips.slice(0, 3).map((clip) => clip.id);
    await machine.commands.bulkSelectClips(judged, 'rejected');
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
    await open(null);
    expect(shown()).toBe(clips[3]?.id);
    // Nothing loads here.
    vi.spyOn(HTMLMediaElement.prototype, 'readyState', 'get').mockReturnValue(4);
    document.querySelector('video[data-shown="true"]')?.dispatchEvent(new Event('canplay'));
    const films = play.mock.contexts.map((film) => (film as HTMLVideoElement).dataset['clip']);
    expect(films).toEqual([clips[3]?.id]);
  });

  it('begins at the first clip where all are judged', async () => {
    await machine.commands.bulkSelectClips(
      clips.map((clip) => clip.id),
      'picked',
    );
    await open(null);
    expect(shown()).toBe(clips[0]?.id);
  });

  it('gives stars that follow a pick to the clip that was picked', async () => {
    const { user } = await open(0);
    await user.keyboard('p4');
    expect(shown()).toBe(clips[1]?.id);
    const verdicts = async () =>
      Promise.all(
        clips.slice(0, 2).map(async ({ id }) => {
          const { clip } = await machine.commands.getClip(id);
          return [clip.flag, clip.rating];
        }),
      );
    const before = clips[1]?.rating;
    await waitFor(async () =>
      expect(await verdicts()).toEqual([
        ['picked', 4],
        ['unflagged', before],
      ]),
    );
    // After moving on, stars apply to the current clip.
    await user.keyboard('{ArrowRight}{ArrowLeft}5');
    await waitFor(async () =>
      expect((await machine.commands.getClip(clips[1]?.id ?? '')).clip.rating).toBe(5),
    );
    expect((await machine.commands.getClip(clips[0]?.id ?? '')).clip.rating).toBe(4);
  });

  it('gives stars to the clip that has been looked at for a while', async () => {
    const { user } = await open(0);
    const now = performance.now();
    await user.keyboard('p');
    vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
    await user.keyboard('3');
    await waitFor(async () =>
      expect((await machine.commands.getClip(clips[1]?.id ?? '')).clip.rating).toBe(3),
    );
  });

  it('leaves the stars that another window gives meanwhile, and takes back its own verdict alone', async () => {
    const { user } = await open(0);
    const { clip } = machine.world.library.clip(clips[0]?.id ?? '');
    // This window has not been notified yet.
    clip.rating = 5;
    await user.keyboard('p');
    await waitFor(() => expect(clip.flag).toBe('picked'));
    expect(clip.rating).toBe(5);
    clip.rating = 2;
    await user.keyboard('z');
    await waitFor(() => expect(clip.flag).toBe('unflagged'));
    expect(clip.rating).toBe(2);
  });

  it('leaves the tags that another window gives meanwhile', async () => {
    const { user } = await open(0);
    await user.keyboard('i');
    const { clip } = machine.world.library.clip(clips[0]?.id ?? '');
    clip.tags = ['Theirs'];
    await user.type(await screen.findByLabelText('Add a tag'), 'Ours{Enter}');
    await waitFor(() => expect(clip.tags).toContain('Ours'));
    expect(clip.tags).toEqual(['Theirs', 'Ours']);
  });

  it('keeps a clip in the round of picks when its pick is taken back', async () => {
    await machine.commands.bulkSelectClips([clips[1]?.id ?? '', clips[3]?.id ?? ''], 'picked');
    const { user } = await open(1, 'picked');
    await user.keyboard('u');
    expect(screen.getByTestId('triage-counter').textContent).toContain('of 2');
  });
});
