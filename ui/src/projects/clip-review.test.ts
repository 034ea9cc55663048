import { QueryClient } from '@tanstack/svelte-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { ClipActions } from '../clips/actions';
import { api, type Clip } from '../platform';
import { Live } from '../state/live';
import { queries } from '../state/queries';
import { openMachine } from '../test/library';
import { ClipReview } from './clip-review.svelte';

let review: ClipReview;
let all: () => Clip[];
let picks: ClipReview;

beforeEach(async () => {
  await openMachine();
  const project = (await api.listProjects({ search: 'Spring' })).items[0]?.id ?? '';
  const client = new QueryClient();
  await client.fetchQuery(queries.projectClips(project));
  all = () => client.getQueryData(queries.projectClips(project).queryKey) ?? [];
  const actions = new ClipActions(new Live(client), project);
  review = new ClipReview(actions, all);
  picks = new ClipReview(actions, () => all().filter((clip) => clip.flag === 'picked'));
});

const flagOf = (id: string) => all().find((clip) => clip.id === id)?.flag;

describe('judging clips in a grid', () => {
  it('shows a verdict at once and tells the library', async () => {
    const id = review.order[1] as string;
    review.click(id, { shift: false, ctrl: false });
    const done = review.flag('rejected');
    expect(flagOf(id)).toBe('rejected');
    await done;
    expect((await api.getClip(id)).clip.flag).toBe('rejected');
  });

  it('takes back the verdicts of many clips, each to what it was', async () => {
    review.all();
    const before = all().map((clip) => clip.flag);
    await review.flag('picked');
    expect(new Set(all().map((clip) => clip.flag))).toEqual(new Set(['picked']));
    await review.undo();
    expect(all().map((clip) => clip.flag)).toEqual(before);
  });

  it('goes on to the next clip where a verdict takes one out of the list', async () => {
    const [first, second] = picks.order as [string, string];
    picks.click(first, { shift: false, ctrl: false });
    await picks.flag('unflagged');
    expect([...picks.selection.ids]).toEqual([second]);
  });

  it('gives stars that follow a verdict to the clip that it took out of the list', async () => {
    const [first, second] = picks.order as [string, string];
    picks.click(first, { shift: false, ctrl: false });
    const before = (await api.getClip(second)).clip.rating;
    await picks.flag('unflagged');
    await picks.rate(before === 4 ? 3 : 4);
    expect((await api.getClip(first)).clip.rating).toBe(before === 4 ? 3 : 4);
    expect((await api.getClip(second)).clip.rating).toBe(before);
    picks.click(second, { shift: false, ctrl: false });
    await picks.rate(5);
    expect((await api.getClip(second)).clip.rating).toBe(5);
  });

  it('puts clips in the trash and brings them back', async () => {
    const [first, second, third] = review.order as [string, string, string];
    review.click(first, { shift: false, ctrl: false });
    review.click(second, { shift: true, ctrl: false });
    await review.remove();
    expect(review.order[0]).toBe(third);
    expect([...review.selection.ids]).toEqual([third]);
    await review.undo();
    const listed = (await api.listAllClips({ limit: 500 })).items.map((clip) => clip.id);
    expect(listed).toEqual(expect.arrayContaining([first, second]));
  });
});
