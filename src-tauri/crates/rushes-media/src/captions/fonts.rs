//! Which font captions are burned in with.
//!
//! If a font is not installed, libass silently substitutes another. Only libass knows
//! the fonts that it finds on this system, so it is asked by rendering onto an empty
//! picture.

use std::process::Command;

use rushes_model::{
    captions::{CaptionStyle, Cue},
    framing::FrameSize,
};

use super::ass::to_ass;
use crate::ffmpeg::{
    log::Reporter,
    run::{self, RunContext},
    toolchain::Toolchain,
};

/// The script, in a folder of its own.
const SCRIPT: &str = "font.ass";
const SIDE: u32 = 64;
/// Generic families, for which any font of the kind will do.
const GENERIC: [&str; 5] = ["sans", "sansserif", "serif", "mono", "monospace"];

/// The font that libass substitutes for a style's own, by its PostScript name
/// (`DejaVuSans-Bold`). `None` if the style's font is installed or the check fails.
pub async fn font_instead(tools: &Toolchain, style: &CaptionStyle, ctx: &RunContext) -> Option<String> {
    let folder = tempfile::tempdir().ok()?;
    let cue = Cue { start_us: 0, end_us: 1_000_000, text: "x".into() };
    let frame = FrameSize { width: SIDE, height: SIDE };
    std::fs::write(folder.path().join(SCRIPT), to_ass(&[cue], style, frame)).ok()?;
    let ass = Reporter::of("ass");
    let mut command = run::ffmpeg(tools);
    command.args(["-f", "lavfi", "-i", &format!("color=s={SIDE}x{SIDE}:r=25:d=0.04")]);
    command.args(["-vf", &format!("{}=filename={SCRIPT}", ass.filter()), "-f", "null", "-"]);
    let mut command = Command::from(command);
    command.current_dir(folder.path());
    let answer = run::collect(command, run::SHORT_PATIENCE, ctx).await.ok()?;
    let taken = answer.stderr.lines().find_map(|line| taken(ass.message(line)?))?.to_owned();
    (!is_of_family(&taken, &style.font)).then_some(taken)
}

/// Parses `fontselect: (Inter, 700, 0) -> …/Inter-Bold.otf, 0, Inter-Bold`.
fn taken(message: &str) -> Option<&str> {
    let (_, taken) = message.strip_prefix("fontselect: ")?.split_once(" -> ")?;
    Some(taken.rsplit(", ").next()?.trim()).filter(|name| !name.is_empty())
}

/// Whether a font belongs to a family: its name starts with the family's, without
/// spaces.
fn is_of_family(name: &str, family: &str) -> bool {
    let folded = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let family = folded(family);
    folded(name).starts_with(&family) || GENERIC.contains(&family.as_str())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_font_that_is_not_installed_is_told_with_what_is_taken_instead() {
        let tools = Toolchain::discover(None).await.unwrap();
        let instead = async |font: &str| {
            let style = CaptionStyle { font: font.into(), ..CaptionStyle::default() };
            font_instead(&tools, &style, &RunContext::quiet()).await
        };
        let taken = instead("No Such Font of Anybody").await.unwrap();
        // A substituted font is always installed, whatever this machine has.
        let family = taken.split('-').next().unwrap();
        assert_eq!(instead("sans").await, None);
        assert!(is_of_family(&taken, family));
    }

    #[test]
    fn a_font_is_known_by_the_beginning_of_its_name() {
        let line = "fontselect: (Inter, 700, 0) -> /fonts/a, b/Inter-Bold.otf, 0, Inter-Bold";
        assert_eq!(taken(line), Some("Inter-Bold"));
        assert!(is_of_family("Inter-Bold", "Inter") && is_of_family("TimesNewRomanPSMT", "Times New Roman"));
        assert!(!is_of_family("DejaVuSans-Bold", "Inter") && is_of_family("DejaVuSans", "sans-serif"));
    }
}
