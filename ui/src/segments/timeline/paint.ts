/** Painting on a canvas with the theme's colours, at the screen's resolution. */

const NAMES = [
  'base',
  'panel',
  'line',
  'line-strong',
  'fg',
  'muted',
  'faint',
  'reject',
  'warn',
  'stage',
] as const;
export type Colours = Record<(typeof NAMES)[number], string>;

/** The theme's current colours; read `preferences.theme` to follow changes. */
export function coloursOf(node: Element): Colours {
  const style = getComputedStyle(node);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--c-${name}`).trim() || '#888']),
  ) as Colours;
}

/** A cleared canvas of this size in CSS pixels, at any pixel ratio. */
export function blank(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
): CanvasRenderingContext2D | null {
  const context = canvas.getContext('2d');
  if (!context) return null;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Diagonal lines over a box, anchored to its true left edge, however far outside that is. */
export function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  right: number,
  height: number,
  within: number,
  gap = 7,
): void {
  const from = Math.max(0, left);
  const to = Math.min(within, right);
  if (to <= from) return;
  context.save();
  context.beginPath();
  context.rect(from, 0, to - from, height);
  context.clip();
  context.beginPath();
  const first = left + Math.floor((from - left - height) / gap) * gap;
  for (let x = first; x < to; x += gap) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}
