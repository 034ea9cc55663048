import { describe, expect, it } from 'vitest';
import type { Segment, Source } from '../platform';
import { formOf, GenerateForm, readSeed } from './generate-form.svelte';

const source = (id: string, seconds: number, state: Source['state'] = 'ready') =>
  ({ id, state, facts: { duration_us: seconds * 1e6 } }) as Source;

describe('the generate form', () => {
  it('begins with the length that the project aims at', () => {
    expect(new GenerateForm(15_000_000).seconds).toBe(15);
  });

  it('takes every source that is there until one is left out', () => {
    const all = [source('a', 60), source('b', 60), source('gone', 60, 'missing')];
    const form = new GenerateForm(20e6);
    expect(form.footageRequest(all).source_ids).toEqual(['a', 'b']);
    form.take(['b'], false);
    expect(form.footageRequest(all).source_ids).toEqual(['a']);
    form.take(['b'], true);
    expect(form.footageRequest(all).source_ids).toEqual(['a', 'b']);
  });

  it('says how many clips there can be where more are asked for', () => {
    const form = new GenerateForm(20e6);
    form.count = 12;
    expect(form.limit([source('a', 60)])).toBe(4);
    expect(form.limit([source('a', 600)])).toBeNull();
  });

  it('orders the shots of a montage, and leaves used moments out until asked for', () => {
    const form = new GenerateForm(20e6);
    form.order = 'best_first';
    expect(form.footageRequest([])).not.toHaveProperty('order');
    expect(form.footageRequest([]).include_used).toBe(false);
    form.kind = 'montage';
    form.includeUsed = true;
    expect(form.footageRequest([])).toMatchObject({ order: 'best_first', include_used: true });
  });

  it('sends a seed only where something is drawn', () => {
    const segments = [{ id: 's' } as Segment];
    const form = new GenerateForm(20e6);
    form.seed = '7';
    expect(form.segmentsRequest(segments).seed).toBeNull();
    form.mode = 'weighted';
    expect(form.segmentsRequest(segments).seed).toBe(7);
  });

  it.each([
    ['', { seed: null }],
    [' 42 ', { seed: 42 }],
    ['-1', { wrong: true }],
    ['1.5', { wrong: true }],
    ['4294967296', { wrong: true }],
  ])('reads the seed %j', (text, seed) => {
    expect(readSeed(text)).toEqual(seed);
  });
});

it('is kept for its project while the editor is elsewhere, and begins anew in another profile', () => {
  const project = { id: 'p', target_duration_us: 15_000_000 };
  const form = formOf('ana', project);
  expect(form.seconds).toBe(15);
  form.count = 3;
  expect(formOf('ana', project).count).toBe(3);
  expect(formOf('ana', { ...project, id: 'q' }).count).toBe(12);
  expect(formOf('ben', project).count).toBe(12);
  expect(formOf('ana', project).count).toBe(12);
});
