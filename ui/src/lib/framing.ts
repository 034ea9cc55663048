/** Fitting a picture into a frame of another shape, with the renderer's arithmetic. */
import type { Framing } from '../platform/bindings';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The shapes used by platforms, as width over height. */
export const ASPECTS = [
  { key: '9:16', width: 9, height: 16 },
  { key: '4:5', width: 4, height: 5 },
  { key: '1:1', width: 1, height: 1 },
  { key: '16:9', width: 16, height: 9 },
] as const;
export type AspectKey = (typeof ASPECTS)[number]['key'];

export function aspectOf(key: AspectKey): Size {
  return ASPECTS.find((aspect) => aspect.key === key) ?? ASPECTS[0];
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** The size of a picture that just covers the frame. */
export function covering(picture: Size, frame: Size): Size {
  const scale = Math.max(frame.width / picture.width, frame.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/**
 * The `object-position` in percent for a picture that covers the frame, so that
 * the crop is around the centre and inside the picture.
 */
export function cropPosition(
  picture: Size,
  frame: Size,
  framing: Pick<Framing, 'centre_x_bp' | 'centre_y_bp'>,
) {
  const cover = covering(picture, frame);
  const percent = (side: number, shown: number, centre_bp: number) => {
    const room = side - shown;
    if (room < 0.01) return 50;
    return (clamp((side * centre_bp) / 10_000 - shown / 2, 0, room) / room) * 100;
  };
  return {
    x: percent(cover.width, frame.width, framing.centre_x_bp),
    y: percent(cover.height, frame.height, framing.centre_y_bp),
  };
}

/**
 * The centre after dragging the picture by a distance in pixels of the frame;
 * clamped so that the crop stays inside and dragging back responds at once.
 */
export function dragCentre(picture: Size, frame: Size, framing: Framing, dx: number, dy: number): Framing {
  const cover = covering(picture, frame);
  const moved = (side: number, shown: number, centre_bp: number, by: number) => {
    const half = shown / side / 2;
    if (half >= 0.4999) return centre_bp;
    return Math.round(clamp(centre_bp / 10_000 - by / side, half, 1 - half) * 10_000);
  };
  return {
    ...framing,
    centre_x_bp: moved(cover.width, frame.width, framing.centre_x_bp, dx),
    centre_y_bp: moved(cover.height, frame.height, framing.centre_y_bp, dy),
  };
}
