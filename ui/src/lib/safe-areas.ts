/** Where the platforms lay their own buttons and words over a film, as the renderer's crate lists it. */
import { type CaptionStyle, SAFE_AREAS as AREAS, TITLE_SAFE as TITLE } from '../platform/bindings';

/** Margins that a platform covers, in thousandths of the frame. */
export interface SafeArea {
  readonly key: string;
  readonly name: string;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Keys of the export presets whose finals are shown so. */
  readonly presets: readonly string[];
}

export const SAFE_AREAS: readonly SafeArea[] = AREAS;

/** For every other shape. */
export const TITLE_SAFE: SafeArea = TITLE;

/** How far from what is covered captions are put, in thousandths of the frame's height. */
const SPARE = 10;

/** What is covered of the finals of a preset. */
export function areaOf(preset: string): SafeArea {
  return SAFE_AREAS.find(({ presets }) => presets.includes(preset)) ?? TITLE_SAFE;
}

/** What a platform covers at the edge that captions stand at. */
function covered(area: SafeArea, position: CaptionStyle['position']): number {
  return position === 'middle' ? 0 : area[position];
}

/** Whether captions stand clear of what is covered above and below. */
export function isClear(style: CaptionStyle, area: SafeArea): boolean {
  return style.margin_permille >= covered(area, style.position);
}

/** The style with its captions where none of these presets' platforms covers them. */
export function cleared(style: CaptionStyle, presets: readonly string[]): CaptionStyle {
  const most = Math.max(0, ...presets.map((preset) => covered(areaOf(preset), style.position)));
  return style.margin_permille >= most ? style : { ...style, margin_permille: most + SPARE };
}
