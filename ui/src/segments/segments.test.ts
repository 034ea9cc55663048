import { QueryClient } from '@tanstack/svelte-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { api, type Segment } from '../platform';
import { Live } from '../state/live';
import { queries } from '../state/queries';
import { openMachine } from '../test/library';
import { Segments } from './segments';

let project: string;
let segments: Segments;

beforeEach(async () => {
  await openMachine();
  project = (await api.listProjects({ search: 'Spring' })).items[0]?.id ?? '';
  const client = new QueryClient();
  await client.fetchQuery(queries.segments(project));
  segments = new Segments(new Live(client), () => project);
});

const kept = () => api.listSegments(project);
const names = (list: readonly Segment[]) => list.map((segment) => segment.name);

describe('the segments of a project', () => {
  it('come back from removal in their place, with their words and weight', async () => {
    const before = await kept();
    const first = before[0] as Segment;
    await segments.remove(first);
    expect(names(await kept())).toEqual(names(before).slice(1));
    await segments.undo();
    const now = await kept();
    expect(names(now)).toEqual(names(before));
    expect(now[0]).toMatchObject({ keywords: first.keywords, weight: first.weight, in_us: first.in_us });
  });

  it('are taken back step by step, also through a removal that gave a new identity', async () => {
    const first = (await kept())[0] as Segment;
    await segments.patch(first, { name: 'Cold open' });
    await segments.remove({ ...first, name: 'Cold open' });
    await segments.undo();
    await segments.undo();
    expect(names(await kept())[0]).toBe(first.name);
  });

  it('show a new order at once and keep it', async () => {
    const order = (await kept()).map((segment) => segment.id).reverse();
    const done = segments.reorder(order);
    expect(segments.list.map((segment) => segment.id)).toEqual(order);
    await done;
    expect((await kept()).map((segment) => segment.id)).toEqual(order);
    await segments.undo();
    expect((await kept()).map((segment) => segment.id)).toEqual(order.toReversed());
  });

  it('leave for another project and come back', async () => {
    const first = (await kept())[0] as Segment;
    const other = (await api.listProjects({ search: 'Trail' })).items[0];
    if (!other) throw new Error('no other project');
    await segments.assign(first, other);
    expect(names(await api.listSegments(other.id))).toContain(first.name);
    await segments.undo();
    expect((await kept())[0]?.id).toBe(first.id);
  });

  it('stay as they are in the library when it refuses a change', async () => {
    const first = (await kept())[0] as Segment;
    await segments.patch(first, { out_us: first.in_us });
    expect((await kept())[0]?.out_us).toBe(first.out_us);
  });
});
