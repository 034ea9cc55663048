/** Edit lists, captions and what else of a clip the editor changes: checked as the library does. */
import type { CaptionStyle, CaptionStylePatch, Cue, Cut } from '../platform/bindings';
import type { Library } from './library';
import { checkColour, checkName, checkPoints, checkText, checkWithin, invalid } from './rules';

const CUTS_MAX = 500;
const CUES_MAX = 2_000;
/** Shortest remainder of a caption that is kept. */
const SHORTEST_US = 200_000;

/** A stretch of the old clip, and how far it moves. */
interface Kept {
  from_us: number;
  to_us: number;
  by_us: number;
}

export function lengthOf(cuts: readonly Cut[]): number {
  return cuts.reduce((sum, cut) => sum + cut.out_us - cut.in_us, 0);
}

/** The fields of a patch over what there is; absent ones stay. */
export function over<T extends object>(
  now: T,
  patch: { [K in keyof T]?: T[K] | null } | null | undefined,
): T {
  const named = Object.entries(patch ?? {}).filter(([, value]) => value != null);
  return { ...now, ...(Object.fromEntries(named) as Partial<T>) };
}

export function checkCuts(library: Library, cuts: Cut[]): Cut[] {
  if (cuts.length === 0) throw invalid('cuts', { why: 'no_cuts' });
  if (cuts.length > CUTS_MAX) throw invalid('cuts', { why: 'too_many_cuts', most: CUTS_MAX });
  for (const cut of cuts) checkPoints(cut, library.source(cut.source_id).facts.duration_us);
  return cuts.map(({ source_id, in_us, out_us }) => ({ source_id, in_us, out_us }));
}

/** Sorted captions. One beyond the end of the clip may stay as it was. */
export function checkCues(given: readonly Cue[], clip_us: number, before: readonly Cue[]): Cue[] {
  if (given.length > CUES_MAX) throw invalid('captions', { why: 'too_many_captions', most: CUES_MAX });
  const known = new Set(before.map(keyOf));
  const cues = given
    .map(({ start_us, end_us, text }) => ({ start_us, end_us, text }))
    .sort((a, b) => a.start_us - b.start_us || a.end_us - b.end_us);
  cues.forEach((cue, index) => {
    const number = index + 1;
    if (cue.start_us < 0 || cue.end_us <= cue.start_us) {
      throw invalid('captions', { why: 'caption_backwards', number });
    }
    if (cue.end_us > clip_us && !known.has(keyOf(cue))) {
      throw invalid('captions', { why: 'caption_after_clip', number, clip_us });
    }
    checkText('captions', cue.text, 1_000);
    const next = cues[number];
    if (next && next.start_us < cue.end_us) {
      throw invalid('captions', { why: 'captions_overlap', number, next: number + 1 });
    }
  });
  return cues;
}

const keyOf = ({ start_us, end_us, text }: Cue) => JSON.stringify([start_us, end_us, text]);

export function styleOver(now: CaptionStyle, patch: CaptionStylePatch | null | undefined): CaptionStyle {
  const style = over(now, patch);
  checkName('font', style.font);
  checkWithin('size_permille', style.size_permille, 10, 200);
  checkWithin('outline_permille', style.outline_permille, 0, 20);
  checkWithin('margin_permille', style.margin_permille, 0, 450);
  return {
    ...style,
    colour: checkColour(style.colour, 'colour'),
    outline_colour: checkColour(style.outline_colour, 'outline_colour'),
  };
}

/** The captions of a clip after its edit list changed: they stay with their pictures. */
export function followCues(cues: readonly Cue[], before: readonly Cut[], after: readonly Cut[]): Cue[] {
  const kept = keptOf(before, after);
  return cues.flatMap((cue) => movedCue(cue, kept)).sort((a, b) => a.start_us - b.start_us);
}

/** The stretches that both edit lists contain; each moment of the old clip is used once. */
function keptOf(before: readonly Cut[], after: readonly Cut[]): Kept[] {
  const old = before.map((cut, index) => ({
    ...cut,
    taken_us: cut.in_us,
    to_clip_us: lengthOf(before.slice(0, index)) - cut.in_us,
  }));
  const kept: Kept[] = [];
  let [start_us, next] = [0, 0];
  for (const cut of after) {
    // Later ones first: a source may appear several times.
    const turn = [...old.keys()].map((_, at) => (next + at) % old.length);
    for (const index of turn) {
      const own = old[index];
      if (!own || own.source_id !== cut.source_id) continue;
      const [from, to] = [Math.max(cut.in_us, own.taken_us), Math.min(cut.out_us, own.out_us)];
      if (from >= to) continue;
      kept.push({
        from_us: from + own.to_clip_us,
        to_us: to + own.to_clip_us,
        by_us: start_us - cut.in_us - own.to_clip_us,
      });
      own.taken_us = to;
      next = index;
      break;
    }
    start_us += cut.out_us - cut.in_us;
  }
  return kept;
}

/** A caption at the new time of its pictures; if they were split up, with the longest part. */
function movedCue(cue: Cue, kept: readonly Kept[]): Cue[] {
  const parts: { start_us: number; end_us: number }[] = [];
  for (const { from_us, to_us, by_us } of kept) {
    const start_us = Math.max(cue.start_us, from_us) + by_us;
    const end_us = Math.min(cue.end_us, to_us) + by_us;
    if (start_us >= end_us) continue;
    const last = parts.at(-1);
    if (last?.end_us === start_us) last.end_us = end_us;
    else parts.push({ start_us, end_us });
  }
  const lengths = parts.map((part) => part.end_us - part.start_us);
  const longest = Math.max(0, ...lengths);
  const part = parts[lengths.lastIndexOf(longest)];
  const enough_us = Math.min(SHORTEST_US, cue.end_us - cue.start_us);
  return part && longest >= enough_us ? [{ ...part, text: cue.text }] : [];
}
