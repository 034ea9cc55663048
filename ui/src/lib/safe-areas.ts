/**
 * Where the platforms lay their own buttons and words over a portrait film:
 * margins that are to be kept free, in thousandths of the frame.
 */

export interface SafeArea {
  readonly key: string;
  readonly name: string;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const SAFE_AREAS: readonly SafeArea[] = [
  // TikTok's template for in-feed video, 720×1280: 160 above, 440 below, 80 left, 160 right.
  { key: 'tiktok', name: 'TikTok', top: 125, bottom: 344, left: 111, right: 222 },
  // Meta's ads guide for Reels: 14 % above, 35 % below, 6 % at each side.
  { key: 'reels', name: 'Instagram / Facebook Reels', top: 140, bottom: 350, left: 60, right: 60 },
  // Meta's ads guide for Stories: 14 % above, 20 % below, 6 % at each side.
  { key: 'stories', name: 'Instagram Stories', top: 140, bottom: 200, left: 60, right: 60 },
  // Google's template for Shorts, 1080×1920: 288 above, 672 below, 48 left, 192 right.
  { key: 'shorts', name: 'YouTube Shorts', top: 150, bottom: 350, left: 44, right: 178 },
];

/** For every other shape: title safe of EBU R95, 5 % at each side. */
export const TITLE_SAFE: SafeArea = {
  key: 'title',
  name: 'EBU R95',
  top: 50,
  bottom: 50,
  left: 50,
  right: 50,
};
