//! Chooses clips from analysed footage. Pure, and deterministic for a seed.
//!
//! No two proposals share footage or show the same content. None touches footage to
//! avoid or its near-duplicates, and none shows black, white or damaged pictures. A
//! clip may be frozen only briefly, unless there is something to hear meanwhile. In and
//! out points follow the rules in [`legal`]. If the footage cannot supply as many clips
//! as requested, fewer are returned, with the reason.

use rushes_model::{analysis::Analysis, choice::ClipKind};

mod footage;
mod heard;
mod highlight;
mod legal;
mod montage;
mod remaining;
pub(crate) mod request;
mod score;
pub(crate) mod settle;
pub(crate) mod shortfall;
mod snippets;
mod spans;
mod twins;

use footage::Footage;
use remaining::Remaining;
use request::{Choice, ChoiceRequest, ChoiceSource, ProposedClip};
use score::Scores;
use shortfall::{Law, Shortfall};
use twins::Twins;

/// Chooses clips.
pub fn choose(sources: &[ChoiceSource<'_>], request: &ChoiceRequest) -> Choice {
    if request.count == 0 || request.target_duration_us <= 0 {
        return Choice::default();
    }
    let footage = Footage::all(sources);
    if footage.is_empty() {
        return Choice { clips: Vec::new(), shortfall: Some(Shortfall::NoFootage) };
    }
    let twins = Twins::new(&footage);
    let mut clips = proposals(&footage, Some(&twins), request);
    clips.sort_by_key(|clip| std::cmp::Reverse(clip.score_bp));
    let missing = clips.len() < request.count as usize;
    let shortfall = missing.then(|| {
        shortfall::reason(clips.len(), |lifted| {
            let analyses: Vec<Analysis> = sources.iter().map(|source| lifted.of(source.analysis)).collect();
            let avoid = |source: &ChoiceSource<'_>| lifted.avoided(&source.avoid);
            let sources = analyses.iter().zip(sources);
            let sources: Vec<ChoiceSource<'_>> =
                sources.map(|(analysis, source)| ChoiceSource { analysis, avoid: avoid(source) }).collect();
            let twins = (!lifted.has(Law::Repeated)).then_some(&twins);
            proposals(&Footage::all(&sources), twins, request).len()
        })
    });
    Choice { clips, shortfall }
}

fn proposals(footage: &[Footage<'_>], twins: Option<&Twins>, request: &ChoiceRequest) -> Vec<ProposedClip> {
    let mut remaining = Remaining::new(footage, twins);
    for (position, source) in footage.iter().enumerate() {
        for avoided in &source.avoided {
            remaining.take(position, avoided.start_us, avoided.end_us);
        }
    }
    let scores = Scores::new(footage, request);
    match request.kind {
        ClipKind::Highlight => highlight::choose(footage, &scores, &mut remaining, request),
        ClipKind::Montage => montage::choose(footage, &scores, &mut remaining, request),
    }
}

#[cfg(test)]
mod tests;
