//! Trimming an edit list.

use rushes_model::edit::Cut;
use rushes_model::notice::{Field, Invalid};
use rushes_studio::{StudioError, StudioResult};

/// An edit list without its first `head_us` and its last `tail_us`.
pub fn trimmed(cuts: &[Cut], head_us: i64, tail_us: i64) -> StudioResult<Vec<Cut>> {
    let total: i64 = cuts.iter().map(Cut::length_us).sum();
    let end = total - tail_us;
    let mut at = 0;
    let mut kept = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let length = cut.length_us();
        let from = (head_us - at).clamp(0, length);
        let to = (end - at).clamp(0, length);
        if to > from {
            kept.push(Cut { source_id: cut.source_id, in_us: cut.in_us + from, out_us: cut.in_us + to });
        }
        at += length;
    }
    if kept.is_empty() {
        return Err(StudioError::invalid(Field::TrimStart, Invalid::NothingLeft));
    }
    Ok(kept)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rushes_model::ids::SourceId;

    use super::*;

    fn edit(stretches: &[(i64, i64)]) -> Vec<Cut> {
        let source_id = SourceId(uuid::Uuid::nil());
        stretches.iter().map(|(in_us, out_us)| Cut { source_id, in_us: *in_us, out_us: *out_us }).collect()
    }

    #[test]
    fn trimming_shortens_the_first_and_the_last_cut() {
        let cuts = trimmed(&edit(&[(100, 200), (500, 600)]), 30, 40).unwrap();
        assert_eq!(cuts, edit(&[(130, 200), (500, 560)]));
    }

    #[test]
    fn trimming_more_than_a_cut_drops_it() {
        let cuts = trimmed(&edit(&[(100, 200), (500, 600), (0, 50)]), 150, 50).unwrap();
        assert_eq!(cuts, edit(&[(550, 600)]));
    }

    #[test]
    fn trimming_everything_is_refused() {
        let refused = trimmed(&edit(&[(0, 100)]), 60, 40).unwrap_err();
        assert_eq!(
            refused.notice,
            rushes_model::notice::Notice::invalid(Field::TrimStart, Invalid::NothingLeft)
        );
    }
}
