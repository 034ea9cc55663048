//! Captions as ASS, the format that libass burns in.

use rushes_model::{
    captions::{CaptionPosition, CaptionStyle, Cue},
    framing::FrameSize,
};

/// Left and right margin, in thousandths of the frame's width: inside the 90 %
/// title-safe area of EBU R95.
const SIDE_PERMILLE: u32 = 60;

/// Writes captions for a frame. Script pixels are frame pixels, long lines wrap, and
/// text is never interpreted as a command.
pub fn to_ass(cues: &[Cue], style: &CaptionStyle, frame: FrameSize) -> String {
    let of_height = |permille: u32| f64::from(frame.height) * f64::from(permille) / 1000.0;
    let font: String = style.font.chars().filter(|c| *c != ',' && !c.is_control()).collect();
    let (alignment, margin) = match style.position {
        CaptionPosition::Bottom => (2, of_height(style.margin_permille)),
        CaptionPosition::Middle => (5, 0.0),
        CaptionPosition::Top => (8, of_height(style.margin_permille)),
    };
    let side = f64::from(frame.width) * f64::from(SIDE_PERMILLE) / 1000.0;
    let mut ass = format!(
        "[Script Info]\n\
         ScriptType: v4.00+\n\
         PlayResX: {}\n\
         PlayResY: {}\n\
         WrapStyle: 0\n\
         ScaledBorderAndShadow: yes\n\
         YCbCr Matrix: None\n\
         \n\
         [V4+ Styles]\n\
         Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
         Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, \
         Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\n\
         Style: Caption,{},{:.1},{fill},{fill},{outline},{outline},{},0,0,0,100,100,0,0,1,{:.1},0,{},{:.0},{:.0},{:.0},1\n\
         \n\
         [Events]\n\
         Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
        frame.width,
        frame.height,
        font.trim(),
        of_height(style.size_permille),
        if style.bold { -1 } else { 0 },
        of_height(style.outline_permille),
        alignment,
        side,
        side,
        margin,
        fill = colour(&style.colour, "&H00FFFFFF"),
        outline = colour(&style.outline_colour, "&H00000000"),
    );
    for cue in cues.iter().filter(|cue| cue.end_us > cue.start_us && !cue.text.trim().is_empty()) {
        ass.push_str(&format!(
            "Dialogue: 0,{},{},Caption,,0,0,0,,{}\n",
            stamp(cue.start_us),
            stamp(cue.end_us),
            escape(&cue.text)
        ));
    }
    ass
}

/// Converts `#RRGGBB` to ASS's `&HAABBGGRR`, with 00 for opaque.
fn colour(hex: &str, otherwise: &str) -> String {
    let digits = hex.trim().trim_start_matches('#');
    if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        let (r, g, b) = (&digits[0..2], &digits[2..4], &digits[4..6]);
        format!("&H00{b}{g}{r}").to_uppercase()
    } else {
        otherwise.into()
    }
}

/// Hours, minutes, seconds and hundredths, the precision of ASS.
fn stamp(us: i64) -> String {
    let cs = (us.max(0) + 5000) / 10_000;
    let (s, cs) = (cs / 100, cs % 100);
    format!("{}:{:02}:{:02}.{cs:02}", s / 3600, s / 60 % 60, s % 60)
}

/// Escapes everything that libass would interpret. A backslash cannot be escaped; a
/// word joiner after it (which has no width) disarms it, as in ffmpeg's own converter.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.trim().replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' => out.push_str("\\N"),
            '\\' => out.push_str("\\\u{2060}"),
            '{' => out.push_str("\\{"),
            '}' => out.push_str("\\}"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_for_a_portrait_frame() {
        let cues = [
            Cue { start_us: 0, end_us: 1_500_000, text: "Hello\nworld".into() },
            Cue { start_us: 1_500_000, end_us: 3_725_004_000, text: r"{\b1} C:\new, 100 %".into() },
            Cue { start_us: 5, end_us: 5, text: "never".into() },
        ];
        let style = CaptionStyle { colour: "#FFCC00".into(), ..CaptionStyle::default() };
        insta::assert_snapshot!(to_ass(&cues, &style, FrameSize { width: 1080, height: 1920 }));
    }

    #[test]
    fn a_colour_that_is_none_and_a_font_with_commas_cannot_break_the_style() {
        let style = CaptionStyle {
            colour: "red".into(),
            font: "Inter,12,\nStyle: Evil".into(),
            position: CaptionPosition::Top,
            ..CaptionStyle::default()
        };
        let ass = to_ass(&[], &style, FrameSize { width: 64, height: 36 });
        assert_eq!(ass.matches("\nStyle:").count(), 1);
        assert!(ass.contains("Inter12Style: Evil,1.5,&H00FFFFFF"), "{ass}");
    }
}
