/** Splits a name for a layout that truncates the first part and always keeps the end. */
export function splitForMiddle(text: string, keep = 12): { head: string; tail: string } {
  const parts = [...new Intl.Segmenter().segment(text)].map((part) => part.segment);
  if (parts.length <= keep * 2) return { head: text, tail: '' };
  return { head: parts.slice(0, -keep).join(''), tail: parts.slice(-keep).join('') };
}
