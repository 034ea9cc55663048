/**
 * A clip as it is played: the pieces of its edit list, each a part of a source.
 * Times are in seconds.
 */
import { SECOND_US } from '../lib/time';
import type { Clip, Cut, Source } from '../platform';
import { media } from '../state/media';

export interface Piece {
  /** URL of the footage. */
  readonly src: string;
  /** The part of it, in the footage's own time. */
  readonly from: number;
  readonly to: number;
  /** Where it starts and ends in the clip. */
  readonly start: number;
  readonly end: number;
  /** Length of a frame. */
  readonly frame: number;
  /**
   * How far behind a moment its frame is looked for. A seek shows the frame that is on
   * screen at a moment, and a rounded moment may lie just before the frame it means.
   */
  readonly nudge: number;
}

export interface Take {
  readonly id: string;
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly duration: number;
  /** URL of the first frame as a picture. */
  readonly still: string;
  /** Whether the clip has no sound. */
  readonly silent: boolean;
  /** URL of its mixed sound; null while that belongs to another edit list. */
  readonly sound: string | null;
}

/** Length of a frame if the source is not known. */
const FRAME_S = 1 / 25;
/** What rounding may make of a moment. With an uneven rate, no more is known of a frame. */
export const HAIR_S = 0.001;

/** A clip as it is, or with another edit list that the library does not have yet. */
export function takeOf(clip: Clip, sources: readonly Source[], cuts: readonly Cut[] = clip.cuts): Take {
  const pieces = piecesOf(cuts, sources, (id) => media.source({ id }));
  return {
    id: clip.id,
    name: clip.name,
    pieces,
    duration: pieces.at(-1)?.end ?? 0,
    still: media.clipStill(clip),
    silent: clip.muted,
    sound: clip.muted || cuts !== clip.cuts ? null : media.clipSound(clip),
  };
}

export function piecesOf(
  cuts: readonly Cut[],
  sources: readonly Source[],
  src: (source: string) => string,
): Piece[] {
  let start = 0;
  return cuts.map((cut) => {
    const source = sources.find((one) => one.id === cut.source_id);
    const video = source?.facts.video;
    const zero = source?.plays_from_us ?? 0;
    const frame = video ? 1000 / Math.max(1000, video.frame_rate_milli) : FRAME_S;
    const [from, to] = [(zero + cut.in_us) / SECOND_US, (zero + cut.out_us) / SECOND_US];
    const piece = {
      src: src(cut.source_id),
      from,
      to,
      start,
      end: start + to - from,
      frame,
      nudge: video?.variable_frame_rate ? HAIR_S : frame / 2,
    };
    start = piece.end;
    return piece;
  });
}

/** The piece that shows a moment of the clip; the last one at its end. */
export function pieceAt(pieces: readonly Piece[], time: number): number {
  const at = pieces.findIndex((piece) => time < piece.end);
  return at < 0 ? Math.max(0, pieces.length - 1) : at;
}

/** Where in the footage to seek for a moment of the clip: never beyond the piece's last frame. */
export function momentIn(piece: Piece, time: number): number {
  const at = piece.from + Math.max(0, time - piece.start);
  return Math.max(Math.min(at, piece.to - piece.frame), piece.from) + piece.nudge;
}

/**
 * The moment of the clip that shows a moment of the footage; null if none does.
 * Footage may be shown twice: the piece with this index comes first.
 */
export function momentOf(pieces: readonly Piece[], src: string, at: number, index: number): number | null {
  const shows = (piece: Piece | undefined) =>
    piece?.src === src && piece.from - HAIR_S <= at && at < piece.to ? piece : undefined;
  const piece = shows(pieces[index]) ?? pieces.find(shows);
  return piece ? piece.start + Math.max(0, at - piece.from) : null;
}

export function samePieces(a: readonly Piece[], b: readonly Piece[]): boolean {
  return (
    a.length === b.length &&
    a.every((piece, index) => {
      const other = b[index];
      return (
        other?.src === piece.src &&
        other.from === piece.from &&
        other.to === piece.to &&
        other.nudge === piece.nudge
      );
    })
  );
}
