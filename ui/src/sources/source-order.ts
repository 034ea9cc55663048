/** Sort orders of the table of sources. */
import type { Source } from '../platform';

export type Column = 'name' | 'project' | 'length' | 'size' | 'added';

export interface SourceOrder {
  by: Column;
  down: boolean;
}

/**
 * The order after a click on a column header: that column, or the reverse if it
 * was already sorted by it.
 */
export function turned(order: SourceOrder, by: Column): SourceOrder {
  if (order.by === by) return { by, down: !order.down };
  // Usually the longest, largest and newest are wanted first.
  return { by, down: by === 'length' || by === 'size' || by === 'added' };
}

export function sortSources(
  sources: readonly Source[],
  { by, down }: SourceOrder,
  projectName: (id: string) => string,
): Source[] {
  const words = (a: string, b: string) =>
    a.localeCompare(b, undefined, { numeric: true, sensitivity: 'base' });
  const compare: Record<Column, (a: Source, b: Source) => number> = {
    name: (a, b) => words(a.name, b.name),
    project: (a, b) => words(projectName(a.project_id), projectName(b.project_id)) || words(a.name, b.name),
    length: (a, b) => a.facts.duration_us - b.facts.duration_us,
    size: (a, b) => a.facts.size_bytes - b.facts.size_bytes,
    added: (a, b) => a.added_at_ms - b.added_at_ms,
  };
  const sorted = sources.toSorted(compare[by]);
  return down ? sorted.reverse() : sorted;
}

/** Sources whose name, path or project contains all the words. */
export function findSources(
  sources: readonly Source[],
  typed: string,
  projectName: (id: string) => string,
): readonly Source[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return sources;
  return sources.filter((source) => {
    const text = `${source.path} ${source.name} ${projectName(source.project_id)}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
