/** Editing a list of captions: ordered, without overlaps, inside the clip. */
import type { Cue } from '../platform/bindings';

/** Shortest readable caption. */
const SHORTEST_US = 200_000;
const FRESH_US = 2_000_000;

export function cueAt(cues: readonly Cue[], us: number): number {
  return cues.findIndex((cue) => us >= cue.start_us && us < cue.end_us);
}

/**
 * Inserts a caption at a moment, as long as the gap allows, up to two seconds.
 * Null if the gap is too short.
 */
export function insertCue(
  cues: readonly Cue[],
  at_us: number,
  duration_us: number,
): { cues: Cue[]; index: number } | null {
  if (cueAt(cues, at_us) >= 0) return null;
  const found = cues.findIndex((cue) => cue.start_us > at_us);
  const index = found < 0 ? cues.length : found;
  const ceiling = Math.min(duration_us, cues[index]?.start_us ?? duration_us);
  const end_us = Math.min(at_us + FRESH_US, ceiling);
  if (end_us - at_us < SHORTEST_US) return null;
  return { cues: cues.toSpliced(index, 0, { start_us: at_us, end_us, text: '' }), index };
}

/** Moves a caption's ends, clamped between its neighbours and the clip's ends. */
export function retimeCue(
  cues: readonly Cue[],
  index: number,
  ends: { start_us?: number; end_us?: number },
  duration_us: number,
): Cue[] {
  const cue = cues[index];
  if (!cue) return [...cues];
  const floor = cues[index - 1]?.end_us ?? 0;
  const ceiling = cues[index + 1]?.start_us ?? Math.max(duration_us, cue.end_us);
  let start_us = Math.min(Math.max(ends.start_us ?? cue.start_us, floor), ceiling - SHORTEST_US);
  let end_us = Math.max(Math.min(ends.end_us ?? cue.end_us, ceiling), floor + SHORTEST_US);
  if (end_us - start_us < SHORTEST_US) {
    if (ends.start_us !== undefined) start_us = Math.max(floor, end_us - SHORTEST_US);
    else end_us = start_us + SHORTEST_US;
  }
  return cues.with(index, { ...cue, start_us, end_us });
}

export function retextCue(cues: readonly Cue[], index: number, text: string): Cue[] {
  const cue = cues[index];
  return cue ? cues.with(index, { ...cue, text }) : [...cues];
}

/** Splits a caption at a moment; its text is split at the proportional place. */
export function splitCue(cues: readonly Cue[], index: number, at_us: number): Cue[] {
  const cue = cues[index];
  if (!cue || at_us - cue.start_us < SHORTEST_US || cue.end_us - at_us < SHORTEST_US) return [...cues];
  const words = cue.text.split(/\s+/).filter(Boolean);
  const share = (at_us - cue.start_us) / (cue.end_us - cue.start_us);
  const cut = Math.round(words.length * share);
  return cues.toSpliced(
    index,
    1,
    { start_us: cue.start_us, end_us: at_us, text: words.slice(0, cut).join(' ') },
    { start_us: at_us, end_us: cue.end_us, text: words.slice(cut).join(' ') },
  );
}

/** Joins a caption with the next. */
export function joinCue(cues: readonly Cue[], index: number): Cue[] {
  const [first, second] = [cues[index], cues[index + 1]];
  if (!first || !second) return [...cues];
  const text = [first.text, second.text].filter(Boolean).join('\n');
  return cues.toSpliced(index, 2, { start_us: first.start_us, end_us: second.end_us, text });
}

/**
 * Moves all captions, as the library does when a clip's start is trimmed: shown
 * before it has responded. Captions are cut at the ends, and dropped if too
 * little is left.
 */
export function shiftCues(cues: readonly Cue[], by_us: number, duration_us: number): Cue[] {
  return cues.flatMap((cue) => {
    const start_us = Math.max(0, cue.start_us + by_us);
    const end_us = Math.min(duration_us, cue.end_us + by_us);
    const enough_us = Math.min(SHORTEST_US, cue.end_us - cue.start_us);
    return end_us - start_us >= enough_us ? [{ ...cue, start_us, end_us }] : [];
  });
}

/** Moves a whole caption, clamped between its neighbours and the clip's ends. */
export function moveCue(cues: readonly Cue[], index: number, to_us: number, duration_us: number): Cue[] {
  const cue = cues[index];
  if (!cue) return [...cues];
  const length = cue.end_us - cue.start_us;
  const floor = cues[index - 1]?.end_us ?? 0;
  const ceiling = cues[index + 1]?.start_us ?? Math.max(duration_us, cue.end_us);
  const start_us = Math.min(Math.max(Math.round(to_us), floor), Math.max(floor, ceiling - length));
  return cues.with(index, { ...cue, start_us, end_us: start_us + length });
}
