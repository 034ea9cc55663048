/** Fonts of captions: which ones are installed, and how their sizes in libass compare to CSS. */

/** The page bundles Inter under another name. */
export const cssFamily = (font: string): string =>
  `"${font.replaceAll(/["\\]/g, '')}", ${font === 'Inter' ? '"Inter Variable", ' : ''}sans-serif`;

let context: CanvasRenderingContext2D | null | undefined;

function measuring(): CanvasRenderingContext2D | null {
  context ??= document.createElement('canvas').getContext('2d');
  return context;
}

/** Default for fonts without metrics: most are near it. */
const USUAL_RATIO = 1.2;

/**
 * Line height relative to the CSS font size. A font size in libass is the line
 * height, ascent plus descent; in CSS it is the em.
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

/** A font is installed if its letters differ from those of both fallbacks. */
function installed(font: string): boolean {
  const pen = measuring();
  if (!pen) return false;
  const width = (family: string) => {
    pen.font = `72px ${family}`;
    return pen.measureText('mmmmmmwwlli10').width;
  };
  return ['monospace', 'serif'].some((fallback) => width(`"${font}", ${fallback}`) !== width(fallback));
}

/** Common fonts installed on this machine, Inter first. */
export function availableFonts(): string[] {
  return COMMON.filter((font) => font === 'Inter' || installed(font));
}
