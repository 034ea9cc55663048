/**
 * Cuts the middle out of a long name, so that the end that tells takes apart
 * (numbers, extensions) stays to be read. Counts characters as people see them.
 */
export function truncateMiddle(text: string, max: number): string {
  const parts = [...new Intl.Segmenter().segment(text)].map((part) => part.segment);
  if (parts.length <= max) return text;
  if (max <= 1) return '…';
  const room = max - 1;
  const tail = Math.floor(room * 0.45);
  return `${parts
    .slice(0, room - tail)
    .join('')
    .trimEnd()}…${parts
    .slice(parts.length - tail)
    .join('')
    .trimStart()}`;
}

/** Splits a name for a layout that shrinks the front and always keeps the end. */
export function splitForMiddle(text: string, keep = 12): { head: string; tail: string } {
  const parts = [...new Intl.Segmenter().segment(text)].map((part) => part.segment);
  if (parts.length <= keep * 2) return { head: text, tail: '' };
  return { head: parts.slice(0, -keep).join(''), tail: parts.slice(-keep).join('') };
}
