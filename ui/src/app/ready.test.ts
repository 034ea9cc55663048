import { describe, expect, it } from 'vitest';
import type { Job } from '../platform';
import { newsOf, shownInPlace } from './ready';

const job = (facts: Partial<Job>): Job =>
  ({ id: 'j', kind: 'generate', title: 'Spring', project_id: 'p', clip_id: null, ...facts }) as Job;

describe('news of finished work', () => {
  it('names the project whose clips are there to be judged, and leads there', () => {
    const [news] = newsOf([job({})], { at: 'projects' });
    expect(news?.text).toBe('New clips in “Spring” are ready to judge.');
    expect(news?.action.route).toMatchObject({ at: 'triage', project: 'p' });
  });

  it('is none where the editor looks at these very rushes', () => {
    expect(newsOf([job({})], { at: 'project', id: 'p', stage: 'rushes' })).toEqual([]);
    expect(newsOf([job({})], { at: 'triage', project: 'p', clip: null, only: 'all' })).toEqual([]);
    expect(newsOf([job({})], { at: 'project', id: 'other', stage: 'rushes' })).toHaveLength(1);
  });

  it('counts finals, and leads to their project where they have one in common', () => {
    const finals = [job({ kind: 'render', clip_id: 'a' }), job({ kind: 'render', clip_id: 'b' })];
    const [news] = newsOf(finals, { at: 'projects' });
    expect(news?.text).toBe('2 finals are ready.');
    expect(news?.action.route).toEqual({ at: 'project', id: 'p', stage: 'finals' });
    const [mixed] = newsOf([...finals, job({ kind: 'render', project_id: 'q' })], { at: 'projects' });
    expect(mixed?.action.route).toEqual({ at: 'queue' });
  });

  it('leaves a failure to the screen of its project where that is open', () => {
    expect(shownInPlace(job({}), { at: 'project', id: 'p', stage: 'sources' })).toBe(true);
    expect(shownInPlace(job({}), { at: 'project', id: 'other', stage: 'sources' })).toBe(false);
    expect(shownInPlace(job({ kind: 'render' }), { at: 'project', id: 'p', stage: 'finals' })).toBe(false);
  });

  it('says nothing of the file of a clip', () => {
    expect(newsOf([job({ kind: 'clip_file' })], { at: 'projects' })).toEqual([]);
  });
});
