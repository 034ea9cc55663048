/** Validation rules, the same as the library's. */
import type { Field, Invalid, Notice, RowKind } from '../platform/bindings';
import { AppFailure } from '../platform/failure';

const US = 1_000_000;
const CONTROL = /\p{Cc}/u;

export function invalid(field: Field, reason: Invalid): AppFailure {
  return new AppFailure({ code: 'invalid', field, reason }, `field: ${field}`);
}

export function notFound(row: RowKind): AppFailure {
  return new AppFailure({ code: 'not_found', row });
}

export function checkName(field: Field, value: string): string {
  const name = value.trim();
  const length = [...name].length;
  if (length === 0) throw invalid(field, { why: 'name_empty' });
  if (length > 200) throw invalid(field, { why: 'name_too_long', most: 200, length });
  if (CONTROL.test(name)) throw invalid(field, { why: 'name_control' });
  return name;
}

export function checkText(field: Field, value: string, most: number): string {
  const length = [...value].length;
  if (length > most) {
    throw invalid(field, { why: 'text_too_long', most, length });
  }
  if (value.includes('\0')) throw invalid(field, { why: 'text_nul' });
  return value;
}

export function checkTarget(field: Field, us: number): number {
  if (us < US || us > 600 * US) throw invalid(field, { why: 'target_duration' });
  return us;
}

export function checkCount(field: Field, count: number): number {
  if (count < 1 || count > 50) throw invalid(field, { why: 'clip_count', most: 50 });
  return count;
}

export function checkWithin(field: Field, value: number, low: number, high: number): number {
  if (value < low || value > high) throw invalid(field, { why: 'out_of_range', low, high });
  return value;
}

/** The size of the page in percent. */
export function checkZoom(percent: number): void {
  const [low, high] = [50, 300];
  if (percent < low || percent > high) throw invalid('zoom_percent', { why: 'zoom', low, high });
}

/** In and out points against the length of their source. */
export function checkPoints({ in_us, out_us }: { in_us: number; out_us: number }, duration_us: number): void {
  if (in_us < 0 || in_us >= duration_us) throw invalid('in_us', { why: 'in_point_outside' });
  if (out_us > duration_us) throw invalid('out_us', { why: 'out_point_outside' });
  if (out_us < in_us + US / 10) throw invalid('out_us', { why: 'piece_too_short' });
}

export function checkColour(colour: string, field: Field = 'colour'): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) {
    throw invalid(field, { why: 'colour' });
  }
  return colour.toUpperCase();
}

/** Tags or keywords: trimmed, without duplicates. */
export function checkWords(field: Field, words: string[]): string[] {
  const kept: string[] = [];
  for (const word of words.map((each) => each.trim()).filter(Boolean)) {
    if ([...word].length > 60 || CONTROL.test(word)) throw invalid(field, { why: 'tag_too_long' });
    if (!kept.some((other) => fold(other) === fold(word))) kept.push(word);
  }
  if (kept.length > 50) throw invalid(field, { why: 'too_many_tags' });
  return kept;
}

/** For comparing regardless of case: each character on its own, so that `ß` equals `SS`. */
export const fold = (text: string) =>
  [...text].map((character) => character.toUpperCase().toLowerCase()).join('');

/** The failures that tests and the URL can request. */
export type Failing = 'library' | 'not_found' | 'disk_full' | 'different_footage' | 'busy' | 'ffmpeg_missing';

const FAILURES: Record<Failing, Notice> = {
  library: { code: 'library' },
  not_found: { code: 'not_found', row: 'item' },
  disk_full: { code: 'disk_full', why: 'full' },
  different_footage: { code: 'different_footage', name: 'B.MP4', original: 'A.MP4', why: 'different' },
  busy: { code: 'busy', why: 'same_work' },
  ffmpeg_missing: { code: 'ffmpeg_missing', tool: 'ffmpeg' },
};

export function failureOf(code: Failing): AppFailure {
  return new AppFailure(FAILURES[code], `asked to fail with ${code}`);
}
