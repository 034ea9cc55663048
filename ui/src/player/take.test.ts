import { describe, expect, it } from 'vitest';
import type { Source } from '../platform';
import { momentIn, momentOf, type Piece, pieceAt, piecesOf, samePieces } from './take';

const source = (id: string, frame_rate_milli: number, variable_frame_rate = false) =>
  ({ id, facts: { video: { frame_rate_milli, variable_frame_rate } }, plays_from_us: 0 }) as Source;
const sources = [source('a', 25_000), source('b', 60_000, true)];
const cuts = [
  { source_id: 'a', in_us: 1_000_000, out_us: 3_000_000 },
  { source_id: 'b', in_us: 500_000, out_us: 1_500_000 },
  { source_id: 'gone', in_us: 0, out_us: 40_000 },
];
const pieces = piecesOf(cuts, sources, (id) => `/${id}`);
const piece = (index: number) => pieces[index] as Piece;

describe('the pieces of an edit list', () => {
  it('follow each other without a gap', () => {
    expect(pieces.map(({ src, start, end }) => [src, start, end])).toEqual([
      ['/a', 0, 2],
      ['/b', 2, 3],
      ['/gone', 3, 3.04],
    ]);
  });

  it('lie later in a file whose picture starts later', () => {
    const late = [{ ...source('a', 25_000), plays_from_us: 500_000 }];
    const [first] = piecesOf(cuts, late, (id) => `/${id}`);
    expect([first?.from, first?.to, first?.start, first?.end]).toEqual([1.5, 3.5, 0, 2]);
  });

  it('are found by a moment of the clip, the last one at its end', () => {
    expect([0, 1.99, 2, 2.5, 3.04, 99].map((time) => pieceAt(pieces, time))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('show the frame that a moment means, though it is rounded', () => {
    // Half a frame behind the moment is inside the frame, whichever way it was rounded.
    expect(momentIn(piece(0), 0)).toBeCloseTo(1.02);
    expect(momentIn(piece(0), 0.04)).toBeCloseTo(1.06);
    // With an uneven rate a frame may be shorter than its mean.
    expect(momentIn(piece(1), 2)).toBeCloseTo(0.501);
  });

  it('never show a frame beyond their end', () => {
    expect(momentIn(piece(0), 2)).toBeCloseTo(2.98);
    expect(momentIn(piece(2), 3.04)).toBeCloseTo(0.02);
  });

  it('tell which moment of the clip shows a moment of the footage', () => {
    expect(momentOf(pieces, '/b', 0.75, 0)).toBeCloseTo(2.25);
    expect(momentOf(pieces, '/b', 1.5, 0)).toBeNull();
    expect(momentOf(pieces, '/c', 0, 0)).toBeNull();
  });

  it('tell so of a moment that was rounded, and of footage that is shown twice', () => {
    expect(momentOf(pieces, '/a', 0.9999995, 0)).toBe(0);
    const twice = piecesOf([...cuts.slice(0, 1), ...cuts.slice(0, 1)], sources, (id) => `/${id}`);
    expect([0, 1].map((index) => momentOf(twice, '/a', 2, index))).toEqual([1, 3]);
  });

  it('are compared by what they show', () => {
    expect(
      samePieces(
        pieces,
        piecesOf(cuts, sources, (id) => `/${id}`),
      ),
    ).toBe(true);
    expect(samePieces(pieces, pieces.slice(1))).toBe(false);
    expect(
      samePieces(
        pieces,
        piecesOf(cuts, [], (id) => `/${id}`),
      ),
    ).toBe(false);
  });
});
