/** Encodings of caption files, named after their scripts. */
import { m } from '../paraglide/messages';
import type { CaptionEncoding } from '../platform';

const WRITINGS: Record<CaptionEncoding, () => string> = {
  'UTF-8': m.encoding_unicode,
  'UTF-16LE': m.encoding_unicode,
  'UTF-16BE': m.encoding_unicode,
  'windows-1252': m.encoding_western,
  macintosh: m.encoding_western,
  'windows-1250': m.encoding_central_european,
  'ISO-8859-2': m.encoding_central_european,
  'windows-1251': m.encoding_cyrillic,
  'ISO-8859-5': m.encoding_cyrillic,
  'KOI8-R': m.encoding_cyrillic,
  'KOI8-U': m.encoding_cyrillic,
  IBM866: m.encoding_cyrillic,
  'windows-1253': m.encoding_greek,
  'ISO-8859-7': m.encoding_greek,
  'windows-1254': m.encoding_turkish,
  'windows-1255': m.encoding_hebrew,
  'ISO-8859-8': m.encoding_hebrew,
  'windows-1256': m.encoding_arabic,
  'ISO-8859-6': m.encoding_arabic,
  'windows-1257': m.encoding_baltic,
  'ISO-8859-4': m.encoding_baltic,
  'windows-1258': m.encoding_vietnamese,
  'windows-874': m.encoding_thai,
  gb18030: m.encoding_simplified_chinese,
  Big5: m.encoding_traditional_chinese,
  Shift_JIS: m.encoding_japanese,
  'EUC-JP': m.encoding_japanese,
  'ISO-2022-JP': m.encoding_japanese,
  'EUC-KR': m.encoding_korean,
};

/** All encodings, in the order they are offered. */
export function encodingOptions(): { value: CaptionEncoding; label: string }[] {
  return Object.entries(WRITINGS).map(([name, writing]) => ({
    value: name as CaptionEncoding,
    label: `${writing()} (${name})`,
  }));
}
