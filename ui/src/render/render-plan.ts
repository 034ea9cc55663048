/** What a render will make: clips × presets, less what was left out, and what to look at before. */
import type { RenderEstimate, RenderWarning } from '../platform';

/** Names one file of the plan; the library's item names in bulk answers are spelled the same way. */
export function pairKey(pair: Pick<RenderEstimate, 'clip_id' | 'preset'>): string {
  return `${pair.clip_id} ${pair.preset}`;
}

/** Whether a file can be made at all: not without its source. */
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
  /** A limit is a preset's; what lies in the footage concerns a clip in every preset. */
  preset: string | null;
  estimates: RenderEstimate[];
  /** The clips of the estimates, each once. */
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
 * These make a final that cannot be made, that a platform does not take or that
 * cannot be read on it; the others are for the editor to weigh.
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

/** The warnings of a plan gathered into as few sentences as say them all, gravest first. */
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

/** What is not made: what was taken off, and what is up to date and was not asked for again. */
export function skipped(
  estimates: readonly RenderEstimate[],
  left_out: ReadonlySet<string>,
  again: ReadonlySet<string>,
): ReadonlySet<string> {
  const current = estimates.filter((one) => one.up_to_date !== null).map(pairKey);
  return new Set([...left_out, ...current.filter((pair) => !again.has(pair))]);
}

/**
 * The bulk calls that render a plan. The library renders every clip with every
 * preset of a call, so clips that want the same presets share one.
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
