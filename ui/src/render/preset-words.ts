/** The words of the presets that come with the application. Others show what the library holds. */
import { m } from '../paraglide/messages';
import type { ExportPreset } from '../platform';

interface Words {
  name: () => string;
  notes: () => string;
}

const WORDS: Partial<Record<string, Words>> = {
  tiktok: { name: m.preset_tiktok_name, notes: m.preset_tiktok_notes },
  instagram_reels: { name: m.preset_instagram_reels_name, notes: m.preset_instagram_reels_notes },
  instagram_story: { name: m.preset_instagram_story_name, notes: m.preset_instagram_story_notes },
  youtube_shorts: { name: m.preset_youtube_shorts_name, notes: m.preset_youtube_shorts_notes },
  facebook_reels: { name: m.preset_facebook_reels_name, notes: m.preset_facebook_reels_notes },
  feed_4x5: { name: m.preset_feed_4x5_name, notes: m.preset_feed_4x5_notes },
  square: { name: m.preset_square_name, notes: m.preset_square_notes },
  youtube_1080p: { name: m.preset_youtube_1080p_name, notes: m.preset_youtube_1080p_notes },
  youtube_2160p: { name: m.preset_youtube_2160p_name, notes: m.preset_youtube_2160p_notes },
  x: { name: m.preset_x_name, notes: m.preset_x_notes },
  linkedin: { name: m.preset_linkedin_name, notes: m.preset_linkedin_notes },
  prores_master: { name: m.preset_prores_master_name, notes: m.preset_prores_master_notes },
  dnxhr_master: { name: m.preset_dnxhr_master_name, notes: m.preset_dnxhr_master_notes },
  lossless_cut: { name: m.preset_lossless_cut_name, notes: m.preset_lossless_cut_notes },
};

/** Platforms that are no names. */
const PLATFORMS: Partial<Record<string, () => string>> = {
  'Any feed': m.preset_platform_any,
  Master: m.preset_platform_master,
};

export function presetName(preset: ExportPreset): string {
  return WORDS[preset.key]?.name() ?? preset.name;
}

/** The platform's published limits. */
export function presetNotes(preset: ExportPreset): string {
  return WORDS[preset.key]?.notes() ?? preset.notes;
}

export function platformName(platform: string): string {
  return PLATFORMS[platform]?.() ?? platform;
}
