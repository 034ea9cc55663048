/** Number of frames in a clip's filmstrip, as made by the library. */
export const STRIP_TILES = 10;
