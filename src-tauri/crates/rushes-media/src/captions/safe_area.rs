//! Safe areas: where platforms overlay a film with their own buttons and text, and
//! whether captions keep clear of them. Only vertical positions are checked, because
//! the width of a line depends on the font.

use rushes_model::captions::{CaptionPosition, CaptionStyle};
use serde::Serialize;

/// Margins that a platform covers, in thousandths of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SafeArea {
    /// Stable key, for example `tiktok`.
    pub key: &'static str,
    /// The platform's own name.
    pub name: &'static str,
    /// From the top edge, of the height.
    pub top: u32,
    /// From the bottom edge, of the height.
    pub bottom: u32,
    /// From the left edge, of the width.
    pub left: u32,
    /// From the right edge, of the width.
    pub right: u32,
    /// Keys of the export presets for this platform.
    pub presets: &'static [&'static str],
}

/// What the platforms cover of a portrait film.
pub const SAFE_AREAS: [SafeArea; 4] = [
    // TikTok's template for in-feed video, 720×1280: 160 above, 440 below, 80 left, 160 right.
    SafeArea {
        key: "tiktok",
        name: "TikTok",
        top: 125,
        bottom: 344,
        left: 111,
        right: 222,
        presets: &["tiktok"],
    },
    // Meta's ads guide for Reels: 14 % above, 35 % below, 6 % at each side.
    SafeArea {
        key: "reels",
        name: "Instagram / Facebook Reels",
        top: 140,
        bottom: 350,
        left: 60,
        right: 60,
        presets: &["instagram_reels", "facebook_reels"],
    },
    // Meta's ads guide for Stories: 14 % above, 20 % below, 6 % at each side.
    SafeArea {
        key: "stories",
        name: "Instagram Stories",
        top: 140,
        bottom: 200,
        left: 60,
        right: 60,
        presets: &["instagram_story"],
    },
    // Google's template for Shorts, 1080×1920: 288 above, 672 below, 48 left, 192 right.
    SafeArea {
        key: "shorts",
        name: "YouTube Shorts",
        top: 150,
        bottom: 350,
        left: 44,
        right: 178,
        presets: &["youtube_shorts"],
    },
];

/// For everything else: the title-safe area of EBU R95, 5 % on each side.
pub const TITLE_SAFE: SafeArea =
    SafeArea { key: "title", name: "EBU R95", top: 50, bottom: 50, left: 50, right: 50, presets: &[] };

impl SafeArea {
    /// The safe area for a preset.
    pub fn of_preset(key: &str) -> &'static SafeArea {
        SAFE_AREAS.iter().find(|area| area.presets.contains(&key)).unwrap_or(&TITLE_SAFE)
    }

    /// Whether captions stay clear of the covered areas at the top and bottom.
    pub fn holds(&self, style: &CaptionStyle) -> bool {
        match style.position {
            CaptionPosition::Top => style.margin_permille >= self.top,
            CaptionPosition::Middle => true,
            CaptionPosition::Bottom => style.margin_permille >= self.bottom,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_stand_clear_of_every_platform_unless_the_editor_moves_them() {
        for area in SAFE_AREAS.iter().chain([&TITLE_SAFE]) {
            assert!(area.holds(&CaptionStyle::default()), "{}", area.name);
        }
    }

    #[test]
    fn a_margin_counts_from_the_edge_that_the_captions_stand_at() {
        let tiktok = SafeArea::of_preset("tiktok");
        let at =
            |position, margin_permille| CaptionStyle { position, margin_permille, ..CaptionStyle::default() };
        assert!(!tiktok.holds(&at(CaptionPosition::Bottom, 180)));
        assert!(tiktok.holds(&at(CaptionPosition::Top, 180)));
        assert!(!tiktok.holds(&at(CaptionPosition::Top, 100)));
        assert!(tiktok.holds(&at(CaptionPosition::Middle, 0)));
        assert!(SafeArea::of_preset("youtube_1080p").holds(&at(CaptionPosition::Bottom, 180)));
    }
}
