/** Validation rules and error messages, the same as the library's. */
import { AppFailure } from '../platform/failure';

const US = 1_000_000;
const CONTROL = /\p{Cc}/u;

export function invalid(field: string, message: string): AppFailure {
  return new AppFailure('invalid', message, `field: ${field}`);
}

export function notFound(what: string): AppFailure {
  return new AppFailure(
    'not_found',
    `There is no such ${what} in this profile. It may have been deleted.`,
    null,
  );
}

export function checkName(field: string, value: string): string {
  const name = value.trim();
  const length = [...name].length;
  if (length === 0) throw invalid(field, 'Give it a name.');
  if (length > 200) throw invalid(field, `A name has at most 200 characters; this one has ${length}.`);
  if (CONTROL.test(name)) throw invalid(field, 'A name is one line without control characters.');
  return name;
}

export function checkText(field: string, value: string, most: number): string {
  const length = [...value].length;
  if (length > most) {
    throw invalid(field, `This text has at most ${most} characters; this one has ${length}.`);
  }
  if (value.includes('\0')) throw invalid(field, 'A text holds no NUL characters.');
  return value;
}

export function checkTarget(field: string, us: number): number {
  if (us < US || us > 600 * US) throw invalid(field, 'The target duration is between 1 and 600 seconds.');
  return us;
}

export function checkCount(field: string, count: number): number {
  if (count < 1 || count > 50) throw invalid(field, 'Choose a number of clips between 1 and 50.');
  return count;
}

export function checkWithin(field: string, value: number, low: number, high: number): number {
  if (value < low || value > high) throw invalid(field, `“${field}” is between ${low} and ${high}.`);
  return value;
}

/** In and out points against the length of their source. */
export function checkPoints(
  { in_us, out_us }: { in_us: number; out_us: number },
  duration_us: number,
): void {
  if (in_us < 0 || in_us >= duration_us) throw invalid('in_us', 'The in point lies outside the source.');
  if (out_us > duration_us) throw invalid('out_us', 'The out point lies behind the end of the source.');
  if (out_us < in_us + US / 10)
    throw invalid('out_us', 'The out point lies at least 0.1 s behind the in point.');
}

export function checkColour(colour: string, field = 'colour'): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) {
    throw invalid(field, 'A colour is written #RRGGBB, for example #3B82F6.');
  }
  return colour.toUpperCase();
}

/** Tags or keywords: trimmed, without duplicates. */
export function checkWords(field: string, words: string[]): string[] {
  const kept: string[] = [];
  for (const word of words.map((each) => each.trim()).filter(Boolean)) {
    if ([...word].length > 60 || CONTROL.test(word)) throw invalid(field, 'Each tag is one line of at most 60 characters.');
    if (!kept.some((other) => fold(other) === fold(word))) kept.push(word);
  }
  if (kept.length > 50) throw invalid(field, 'There can be at most 50 tags.');
  return kept;
}

/** For comparing regardless of case: each character on its own, so that `ß` equals `SS`. */
export const fold = (text: string) =>
  [...text].map((character) => character.toUpperCase().toLowerCase()).join('');

/** Error messages for the codes that tests and the URL can request. */
export function failureOf(code: string): AppFailure {
  const messages: Record<string, string> = {
    library: 'The library could not be read or written: disk I/O error.',
    not_found: 'There is no such item in this profile. It may have been deleted.',
    disk_full: 'The disk is full. Free some space and try again.',
    busy: 'The same work is already under way. Wait for it to finish, or cancel it in the queue.',
    ffmpeg_missing:
      'ffmpeg was not found on this machine. Install ffmpeg, or choose where it lies in the settings.',
  };
  return new AppFailure(code, messages[code] ?? `It did not work (${code}).`, `asked to fail with ${code}`);
}
