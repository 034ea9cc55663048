/** The plan of a render: clips × presets, minus exclusions, and its warnings. */
import type { RenderEstimate, RenderWarning } from '../platform';

/** Identifies one file of the plan, in the format of the library's item names in bulk results. */
export function pairKey(pair: Pick<RenderEstimate, 'clip_id' | 'preset'>): string {
  return `${pair.clip_id} ${pair.preset}`;
}

/** Whether a file can be made at all: it needs its source. */
export function canBeMade({ warnings }: RenderEstimate): boolean {
  return !warnings.includes('source_missing');
}

export interface Totals {
  files: number;
  bytes: number;
  seconds: number;
}

export function totals(estimates: readonly RenderEstimate[], left_out: ReadonlySet<string>): Totals {
  const sum: Totals = { files: 0, bytes: 0, seconds: 0 };
  for (const estimate of estimates) {
    if (left_out.has(pairKey(estimate))) continue;
    sum.files += 1;
    sum.bytes += estimate.bytes;
    sum.seconds += estimate.seconds;
  }
  return sum;
}

export interface Concern {
  warning: RenderWarning;
  /** A limit belongs to a preset; a problem of the footage concerns a clip in every preset. */
  preset: string | null;
  estimates: RenderEstimate[];
  /** The clips of the estimates, without duplicates. */
  clips: string[];
}

const GRAVITY: readonly RenderWarning[] = [
  'source_missing',
  'too_long',
  'too_large',
  'captions_covered',
  'silent',
  'captions_ignored',
  'font_missing',
  'upscaled',
];
/**
 * Warnings of a final that cannot be made, is refused by a platform, or is
 * unreadable there; the editor decides about the others.
 */
const GRAVE: ReadonlySet<RenderWarning> = new Set([
  'source_missing',
  'too_long',
  'too_large',
  'captions_covered',
]);

export function isGrave(warning: RenderWarning): boolean {
  return GRAVE.has(warning);
}

const OF_PRESET: ReadonlySet<RenderWarning> = new Set(['too_long', 'too_large']);

/** The warnings of a plan merged into as few sentences as possible, most serious first. */
export function concerns(estimates: readonly RenderEstimate[], left_out: ReadonlySet<string>): Concern[] {
  const found = new Map<string, Concern>();
  for (const estimate of estimates) {
    if (left_out.has(pairKey(estimate))) continue;
    for (const warning of estimate.warnings) {
      const preset = OF_PRESET.has(warning) ? estimate.preset : null;
      const key = `${warning} ${preset ?? ''}`;
      const concern = found.get(key) ?? { warning, preset, estimates: [], clips: [] };
      concern.estimates.push(estimate);
      if (!concern.clips.includes(estimate.clip_id)) concern.clips.push(estimate.clip_id);
      found.set(key, concern);
    }
  }
  return [...found.values()].sort((a, b) => GRAVITY.indexOf(a.warning) - GRAVITY.indexOf(b.warning));
}

/** What is not rendered: excluded files, and up-to-date ones that were not requested again. */
export function skipped(
  estimates: readonly RenderEstimate[],
  left_out: ReadonlySet<string>,
  again: ReadonlySet<string>,
): ReadonlySet<string> {
  const current = estimates.filter((one) => one.up_to_date !== null).map(pairKey);
  return new Set([...left_out, ...current.filter((pair) => !again.has(pair))]);
}

/**
 * The bulk calls that render a plan. A call renders every clip with every
 * preset, so clips with the same presets share one.
 */
export function bulkCalls(
  ids: readonly string[],
  presets: readonly string[],
  left_out: ReadonlySet<string>,
): { ids: string[]; presets: string[] }[] {
  const calls = new Map<string, { ids: string[]; presets: string[] }>();
  for (const id of ids) {
    const wanted = presets.filter((preset) => !left_out.has(pairKey({ clip_id: id, preset })));
    if (wanted.length === 0) continue;
    const call = calls.get(wanted.join(' '));
    if (call) call.ids.push(id);
    else calls.set(wanted.join(' '), { ids: [id], presets: wanted });
  }
  return [...calls.values()];
}
