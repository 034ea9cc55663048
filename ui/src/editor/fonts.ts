/** Fonts of captions: which are there, and how their sizes in libass compare with the page's. */

/** The page brings Inter along under another name. */
export const cssFamily = (font: string): string =>
  `"${font.replaceAll(/["\\]/g, '')}", ${font === 'Inter' ? '"Inter Variable", ' : ''}sans-serif`;

let context: CanvasRenderingContext2D | null | undefined;

function measuring(): CanvasRenderingContext2D | null {
  context ??= document.createElement('canvas').getContext('2d');
  return context;
}

/** What libass takes where a font tells nothing: most are near it. */
const USUAL_RATIO = 1.2;

/**
 * Height of a line over the page's font size. A size in libass means the height
 * of the line, ascent and descent together; a size in CSS means the em.
 */
export function lineRatio(font: string, bold: boolean): number {
  const pen = measuring();
  if (!pen) return USUAL_RATIO;
  pen.font = `${bold ? 700 : 400} 100px ${cssFamily(font)}`;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = pen.measureText('Hg');
  return ascent + descent > 0 ? (ascent + descent) / 100 : USUAL_RATIO;
}

const COMMON = [
  'Inter',
  'Arial',
  'Arial Black',
  'Comic Sans MS',
  'Courier New',
  'DejaVu Sans',
  'DejaVu Serif',
  'Georgia',
  'Helvetica Neue',
  'Impact',
  'Liberation Sans',
  'Liberation Serif',
  'Noto Sans',
  'Noto Serif',
  'Open Sans',
  'Roboto',
  'Segoe UI',
  'Tahoma',
  'Times New Roman',
  'Trebuchet MS',
  'Ubuntu',
  'Verdana',
] as const;

/** A font is there when its letters are not those of both fallbacks. */
function installed(font: string): boolean {
  const pen = measuring();
  if (!pen) return false;
  const width = (family: string) => {
    pen.font = `72px ${family}`;
    return pen.measureText('mmmmmmwwlli10').width;
  };
  return ['monospace', 'serif'].some((fallback) => width(`"${font}", ${fallback}`) !== width(fallback));
}

/** Common fonts that this machine has, Inter first. */
export function availableFonts(): string[] {
  return COMMON.filter((font) => font === 'Inter' || installed(font));
}
