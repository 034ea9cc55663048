/** Which video element is kept ready at which place. */

/** A place to be ready at: the start of a piece, as a moment of its footage. */
export interface Place {
  readonly take: string;
  readonly piece: number;
  readonly src: string;
  /** In seconds. */
  readonly at: number;
}

/** What holds a place. */
export interface Holder {
  readonly src: string;
  readonly place: Place | null;
}

const isFor = (holder: Holder, place: Place) =>
  holder.src === place.src && holder.place?.take === place.take && holder.place.piece === place.piece;

/** Whether it stands, or was sent, exactly there. */
export function isAt(holder: Holder, place: Place): boolean {
  return isFor(holder, place) && holder.place?.at === place.at;
}

/**
 * Distributes places, the most important ones first. A place keeps its holder;
 * others get a free one of the same footage, since a seek is quicker than
 * opening a file again; null asks for a new one.
 */
export function distribute<H extends Holder>(
  holders: readonly H[],
  places: readonly Place[],
): Array<H | null> {
  const free = new Set(holders);
  const given: Array<H | null> = places.map((place) => {
    const own = [...free].find((holder) => isAt(holder, place));
    if (own) free.delete(own);
    return own ?? null;
  });
  const take = (index: number, fits: (holder: H, place: Place) => boolean) => {
    const place = places[index];
    if (!place || given[index]) return;
    const holder = [...free].find((one) => fits(one, place));
    if (!holder) return;
    free.delete(holder);
    given[index] = holder;
  };
  places.forEach((_, index) => take(index, isFor));
  places.forEach((_, index) => take(index, (holder, place) => holder.src === place.src));
  return given;
}
