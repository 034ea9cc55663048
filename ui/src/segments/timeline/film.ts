/**
 * Which frames of a film sheet go where. They are anchored to fixed moments of
 * the video, so that zooming uncovers more of each until there is room for
 * others between them; no frame moves relative to the video.
 */
import type { View } from '../../lib/timeline';

/** A slot for a frame: its stretch of the video, and the frame's index in the sheet. */
export interface FilmPlace {
  start_us: number;
  end_us: number;
  tile: number;
}

/** Slots between half and the full width of a frame. */
export function filmPlaces(
  view: View,
  width_px: number,
  duration_us: number,
  picture_px: number,
  sheet: { tiles: number; step_us: number },
): FilmPlace[] {
  if (width_px <= 0 || picture_px <= 0 || sheet.tiles <= 0 || sheet.step_us <= 0) return [];
  const picture_us = (view.span_us / width_px) * picture_px;
  const span_us = sheet.step_us * 2 ** Math.floor(Math.log2(picture_us / sheet.step_us));
  const until = Math.min(view.from_us + view.span_us, duration_us);
  const places: FilmPlace[] = [];
  for (let index = Math.floor(view.from_us / span_us); index * span_us < until; index += 1) {
    places.push({
      start_us: index * span_us,
      end_us: Math.min((index + 1) * span_us, duration_us),
      tile: Math.min(sheet.tiles - 1, Math.max(0, Math.floor(((index + 0.5) * span_us) / sheet.step_us))),
    });
  }
  return places;
}
