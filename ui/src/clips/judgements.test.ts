import { QueryClient } from '@tanstack/svelte-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { api, type Clip } from '../platform';
import { Live } from '../state/live';
import { queries } from '../state/queries';
import { toasts } from '../state/toasts.svelte';
import { openMachine } from '../test/library';
import { Triage } from '../triage/triage.svelte';
import { ClipActions } from './actions';

let live: Live;
let first: string;
let second: string;

const listed = (project: string): Clip[] =>
  live.client.getQueryData(queries.projectClips(project).queryKey) ?? [];
const at = (project: string, index: number) => listed(project)[index] as Clip;
const flags = (project: string) =>
  listed(project)
    .slice(0, 2)
    .map((clip) => clip.flag);
const inLibrary = async (id: string) => (await api.getClip(id)).clip.flag;

beforeEach(async () => {
  await openMachine({ live: false });
  const { items } = await api.listProjects({});
  [first, second] = items.filter((one) => one.counts.clips > 2).map((one) => one.id) as [string, string];
  const client = new QueryClient();
  live = new Live(client);
  for (const project of [first, second]) {
    const { items: clips } = await api.listProjectClips(project, { limit: 500 });
    await api.bulkSelectClips(
      clips.map((clip) => clip.id),
      'unflagged',
    );
    await client.fetchQuery(queries.projectClips(project));
  }
  toasts.clear();
});

describe('what was judged', () => {
  it('in triage is undone in the grid, and the other way round', async () => {
    const grid = new ClipActions(live, first);
    const { id } = at(first, 1);
    const triage = new Triage(
      new ClipActions(live, first),
      () => listed(first),
      () => true,
      id,
    );
    triage.flag('picked');
    expect([triage.canUndo, flags(first)[1]]).toEqual([true, 'picked']);
    await grid.undo().done;
    expect([triage.canUndo, await inLibrary(id)]).toEqual([false, 'unflagged']);
    await grid.flag([at(first, 0)], 'rejected');
    triage.undo();
    expect([triage.current?.id, flags(first)[0]]).toEqual([at(first, 0).id, 'unflagged']);
    triage.redo();
    expect(flags(first)[0]).toBe('rejected');
  });

  it('in another project stays, and is undone there or where all clips are', async () => {
    const all = new ClipActions(live, null);
    const both = [at(first, 0), at(second, 0)];
    await all.flag(both, 'picked');
    await new ClipActions(live, first).undo().done;
    expect([flags(first)[0], flags(second)[0]]).toEqual(['unflagged', 'picked']);
    expect(new ClipActions(live, first).undo().clips).toEqual([]);
    await all.undo().done;
    expect([flags(first)[0], flags(second)[0]]).toEqual(['unflagged', 'unflagged']);
  });

  it('is redone until something else is judged in its project', async () => {
    const [one, other] = [new ClipActions(live, first), new ClipActions(live, second)];
    await one.flag([at(first, 0)], 'picked');
    await one.undo().done;
    await other.flag([at(second, 0)], 'rejected');
    await one.redo().done;
    expect(await inLibrary(at(first, 0).id)).toBe('picked');
    await one.undo().done;
    await one.flag([at(first, 1)], 'picked');
    expect(one.redo().clips).toEqual([]);
    expect(flags(first)).toEqual(['unflagged', 'picked']);
  });

  it('is undone by its toast as well, but for clips that were judged again', async () => {
    const actions = new ClipActions(live, first);
    await actions.flag([at(first, 0), at(first, 1)], 'picked');
    await actions.flag([at(first, 0)], 'rejected');
    toasts.act(toasts.list[0]?.id ?? 0);
    expect(flags(first)).toEqual(['rejected', 'unflagged']);
    await actions.undo().done;
    expect(flags(first)).toEqual(['unflagged', 'unflagged']);
    expect(actions.judgements.canUndo(first)).toBe(false);
  });

  it('takes the offer away where it is undone by the key', async () => {
    const actions = new ClipActions(live, first);
    await actions.flag([at(first, 0), at(first, 1)], 'picked');
    expect(toasts.list).toHaveLength(1);
    await actions.undo().done;
    expect(toasts.list).toEqual([]);
  });

  it('can be a deletion or a tag', async () => {
    const actions = new ClipActions(live, first);
    const clip = at(first, 0);
    await actions.tag([clip], 'Opening');
    await actions.remove([at(first, 0)]);
    expect(listed(first).some(({ id }) => id === clip.id)).toBe(false);
    await actions.undo().done;
    await actions.undo().done;
    const now = (await api.getClip(clip.id)).clip;
    expect([now.deleted_at_ms, now.tags]).toEqual([null, clip.tags]);
  });

  it('cannot be undone where the library refused it', async () => {
    const actions = new ClipActions(live, first);
    const gone = { ...at(first, 0), id: '00000000-0000-7000-8000-000000000000' };
    await actions.flag([gone], 'picked');
    expect(actions.undo().clips).toEqual([]);
  });
});
