import { describe, expect, it } from 'vitest';
import type { Source } from '../platform';
import { findSources, sortSources, turned } from './source-order';

const source = (name: string, seconds: number, project = 'p1') =>
  ({
    id: name,
    name,
    path: `/footage/${name}`,
    project_id: project,
    facts: { duration_us: seconds * 1e6 },
  }) as Source;
const all = [source('C10.mp4', 5), source('C2.mp4', 50), source('b-roll.mov', 20, 'p2')];
const projectName = (id: string) => ({ p1: 'Zürich', p2: 'Autumn' })[id] ?? '';

describe('the table of sources', () => {
  it('sorts numbers in names as numbers', () => {
    const names = sortSources(all, { by: 'name', down: false }, projectName).map((s) => s.name);
    expect(names).toEqual(['b-roll.mov', 'C2.mp4', 'C10.mp4']);
  });

  it('begins with the longest and turns round on the second press', () => {
    const first = turned({ by: 'name', down: false }, 'length');
    expect(sortSources(all, first, projectName)[0]?.name).toBe('C2.mp4');
    expect(sortSources(all, turned(first, 'length'), projectName)[0]?.name).toBe('C10.mp4');
  });

  it('finds sources by all words, in the name or the project', () => {
    expect(findSources(all, 'zür c2', projectName).map((s) => s.name)).toEqual(['C2.mp4']);
    expect(findSources(all, '  ', projectName)).toBe(all);
  });
});
