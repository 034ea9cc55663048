import { describe, expect, it } from 'vitest';
import { focusOf } from './tell-outside.svelte';

describe('what the editor looks at', () => {
  it('is the project, the clip or the source of the route', () => {
    expect(focusOf({ at: 'project', id: 'p', stage: 'finals' })).toMatchObject({ project_id: 'p' });
    expect(focusOf({ at: 'triage', project: 'p', clip: 'c', only: 'all' })).toMatchObject({
      project_id: 'p',
      clip_id: 'c',
    });
    expect(focusOf({ at: 'source', id: 's' })).toEqual({ project_id: null, clip_id: null, source_id: 's' });
  });

  it('is nothing elsewhere', () => {
    expect(focusOf({ at: 'queue' })).toEqual({ project_id: null, clip_id: null, source_id: null });
  });
});
