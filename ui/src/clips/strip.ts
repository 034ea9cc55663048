/** How many pictures the library puts side by side in a clip's filmstrip. */
export const STRIP_TILES = 10;
