//! Sizes and crops: how a picture fits into a frame.

use rushes_model::{
    facts::SourceFacts,
    framing::{FrameSize, Framing},
};

/// The upright size of a source, with the longer side at most `side`.
pub(crate) fn fitted(facts: &SourceFacts, side: u32) -> FrameSize {
    let (width, height) = (facts.video.width, facts.video.height);
    let long = width.max(height);
    if long <= side {
        return FrameSize { width: even(width), height: even(height) };
    }
    let shrink = |length: u32| {
        let length = u64::from(length) * u64::from(side) / u64::from(long);
        even(u32::try_from(length).unwrap_or(side))
    };
    FrameSize { width: shrink(width), height: shrink(height) }
}

/// The smallest size of the picture that covers the frame.
pub(crate) fn covering(own: FrameSize, frame: FrameSize) -> FrameSize {
    let (w, h) = (u64::from(own.width.max(1)), u64::from(own.height.max(1)));
    let (fw, fh) = (u64::from(frame.width), u64::from(frame.height));
    if w * fh >= h * fw {
        FrameSize { width: even_up(w * fh / h).max(frame.width), height: frame.height }
    } else {
        FrameSize { width: frame.width, height: even_up(h * fw / w).max(frame.height) }
    }
}

/// The part of one side of a picture that a frame shows, plus a margin for the scaler's
/// filter, so that nothing outside it is scaled needlessly.
pub(crate) struct CropSide {
    /// Start, in pixels of the picture.
    pub from: u32,
    /// Length, in pixels of the picture.
    pub length: u32,
    /// Length after scaling.
    pub scaled: u32,
    /// Start of the frame within the scaled part.
    pub rest: u32,
}

/// The part needed of a side of `own` pixels that is scaled to `covering`, of which the
/// frame shows those from `at`.
pub(crate) fn crop_side(own: u32, covering: u32, frame: u32, at: u32) -> CropSide {
    let (own, covering, frame, at) =
        (u64::from(own.max(1)), u64::from(covering.max(1)), u64::from(frame), u64::from(at));
    // A bicubic filter reaches two pixels to each side, in the larger of both sizes.
    let margin = 4 * own.div_ceil(covering) + 4;
    let from = (at * own / covering).saturating_sub(margin) & !1;
    let end = ((at + frame) * own).div_ceil(covering) + margin;
    let length = (end + (end & 1)).min(own) - from;
    let scaled = even_up((length * covering + own / 2) / own).max(even_up(frame));
    let rest = (at.saturating_sub((from * covering + own / 2) / own)).min(u64::from(scaled) - frame) & !1;
    let pixels = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    CropSide { from: pixels(from), length: pixels(length), scaled, rest: pixels(rest) }
}

/// The largest size of the picture that fits inside the frame.
pub(crate) fn fitting(own: FrameSize, frame: FrameSize) -> FrameSize {
    let (w, h) = (u64::from(own.width.max(1)), u64::from(own.height.max(1)));
    let (fw, fh) = (u64::from(frame.width), u64::from(frame.height));
    if w * fh >= h * fw {
        let height = u32::try_from((h * fw + w / 2) / w).unwrap_or(u32::MAX);
        FrameSize { width: frame.width, height: even(height).min(frame.height) }
    } else {
        let width = u32::try_from((w * fh + h / 2) / h).unwrap_or(u32::MAX);
        FrameSize { width: even(width).min(frame.width), height: frame.height }
    }
}

/// Top left corner of a crop around the adjustable centre, inside the picture.
pub(crate) fn crop_corner(picture: FrameSize, frame: FrameSize, framing: Framing) -> (u32, u32) {
    let corner = |side: u32, frame: u32, centre_bp: u32| {
        let centre = i64::from(side) * i64::from(centre_bp.min(10_000)) / 10_000;
        let room = i64::from(side.saturating_sub(frame));
        // Even, to keep chroma samples aligned.
        u32::try_from((centre - i64::from(frame) / 2).clamp(0, room)).unwrap_or(0) & !1
    };
    (
        corner(picture.width, frame.width, framing.centre_x_bp),
        corner(picture.height, frame.height, framing.centre_y_bp),
    )
}

pub(crate) fn pad_corner(picture: FrameSize, frame: FrameSize) -> (u32, u32) {
    (
        (frame.width.saturating_sub(picture.width) / 2) & !1,
        (frame.height.saturating_sub(picture.height) / 2) & !1,
    )
}

/// Rounds down to an even number, at least 2.
pub(crate) fn even(side: u32) -> u32 {
    (side & !1).max(2)
}

fn even_up(side: u64) -> u32 {
    even(u32::try_from(side.saturating_add(1)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_moves_the_crop_and_never_past_the_edge() {
        let picture = FrameSize { width: 3414, height: 1920 };
        let frame = FrameSize { width: 1080, height: 1920 };
        let at = |centre_x_bp| crop_corner(picture, frame, Framing { centre_x_bp, ..Framing::default() }).0;
        assert_eq!((at(0), at(5000), at(10_000)), (0, 1166, 2334));
    }

    proptest::proptest! {
        #[test]
        fn what_is_cut_out_before_scaling_shows_the_same_part(
            own in 64u32..8000, scale in 0.1f64..6.0, frame in 32u32..4000, at in 0.0f64..1.0,
        ) {
            let (own, frame) = (even(own), even(frame));
            let covering = even((f64::from(own) * scale) as u32).max(frame);
            let at = ((f64::from(covering - frame) * at) as u32) & !1;
            let part = crop_side(own, covering, frame, at);
            proptest::prop_assert!(part.from + part.length <= own && part.rest + frame <= part.scaled);
            // How far both edges of the frame are from where they belong, in its own
            // pixels.
            let to_frame = f64::from(covering) / f64::from(own);
            let shown = |pixel: u32| {
                let pixel = f64::from(pixel) * f64::from(part.length) / f64::from(part.scaled);
                (f64::from(part.from) + pixel) * to_frame
            };
            proptest::prop_assert!((shown(part.rest) - f64::from(at)).abs() < 3.0);
            proptest::prop_assert!((shown(part.rest + frame) - f64::from(at + frame)).abs() < 5.0);
        }
    }
}
