/** The accent: the profile's colour, adjusted to be readable on any background. */

type Rgb = readonly [number, number, number];

export const PROFILE_COLOURS = [
  '#7C8CFF',
  '#3FB6A8',
  '#E8A13A',
  '#E5679B',
  '#6CB85C',
  '#B07CF0',
  '#4DA3E8',
  '#E0705A',
] as const;

function parse(hex: string): Rgb {
  const value = /^#([0-9a-f]{6})$/i.exec(hex)?.[1] ?? '888888';
  return [0, 2, 4].map((at) => Number.parseInt(value.slice(at, at + 2), 16)) as unknown as Rgb;
}

const hexOf = (rgb: Rgb) =>
  `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;

/** Relative luminance, WCAG 2.2. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
function contrast(a: string, b: string): number {
  const [la, lb] = [luminance(parse(a)), luminance(parse(b))];
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

const INK = '#0b0b0d';
const PAPER = '#ffffff';

/** Readable text colour on a background: ink or paper, whichever contrasts more. */
export function textOn(colour: string): string {
  return contrast(colour, INK) >= contrast(colour, PAPER) ? INK : PAPER;
}

/**
 * Moves a colour towards white or black just until it contrasts with a
 * background by `ratio`, so that lines and focus rings are visible with any
 * profile colour.
 */
function standOut(colour: string, background: string, ratio = 3): string {
  const from = parse(colour);
  const to = luminance(parse(background)) > 0.18 ? parse(INK) : parse(PAPER);
  for (let step = 0; step <= 20; step += 1) {
    const t = step / 20;
    const mixed = hexOf(
      [0, 1, 2].map((i) => (from[i] as number) * (1 - t) + (to[i] as number) * t) as unknown as Rgb,
    );
    if (contrast(mixed, background) >= ratio) return mixed;
  }
  return hexOf(to);
}

/** The custom properties of an accent. */
export function accentProperties(colour: string, theme: 'light' | 'dark'): Record<string, string> {
  return {
    '--accent': colour,
    '--accent-line': standOut(colour, theme === 'dark' ? '#161618' : '#fafafa'),
    // The stage around footage is dark in both themes.
    '--accent-on-stage': standOut(colour, '#161618'),
    '--on-accent': textOn(colour),
  };
}
