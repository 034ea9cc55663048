/** Where platforms overlay buttons and text on a video, as listed in the renderer's crate. */
import { type CaptionStyle, SAFE_AREAS as AREAS, TITLE_SAFE as TITLE } from '../platform/bindings';

/** Margins covered by a platform, in thousandths of the frame. */
export interface SafeArea {
  readonly key: string;
  readonly name: string;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Keys of the export presets for this platform. */
  readonly presets: readonly string[];
}

export const SAFE_AREAS: readonly SafeArea[] = AREAS;

/** For every other shape. */
export const TITLE_SAFE: SafeArea = TITLE;

/** Distance of captions from covered areas, in thousandths of the frame's height. */
const SPARE = 10;

/** The safe area for the finals of a preset. */
export function areaOf(preset: string): SafeArea {
  return SAFE_AREAS.find(({ presets }) => presets.includes(preset)) ?? TITLE_SAFE;
}

/** The covered margin at the edge the captions are at. */
function covered(area: SafeArea, position: CaptionStyle['position']): number {
  return position === 'middle' ? 0 : area[position];
}

/** Whether captions are clear of the covered areas above and below. */
export function isClear(style: CaptionStyle, area: SafeArea): boolean {
  return style.margin_permille >= covered(area, style.position);
}

/** The style with captions moved clear of the platforms of all these presets. */
export function cleared(style: CaptionStyle, presets: readonly string[]): CaptionStyle {
  const most = Math.max(0, ...presets.map((preset) => covered(areaOf(preset), style.position)));
  return style.margin_permille >= most ? style : { ...style, margin_permille: most + SPARE };
}
