//! The work of jobs, one file per kind, and the list of all kinds. A task only
//! works in its own profile's folders. The operation that queues it has the
//! same name in `ops/`.
//!
//! - `clip_pictures.rs`: the pictures of new clips.
//! - `making.rs`: shared by the jobs that make clips.
//! - `pieces.rs`: from an edit list to files for ffmpeg.
//! - `variants.rs`: from segments to edit lists.

pub(crate) mod analysis;
pub(crate) mod clip_file;
pub(crate) mod clip_pictures;
pub(crate) mod finals;
pub(crate) mod from_segments;
pub(crate) mod generate;
pub(crate) mod ingest;
mod making;
pub(crate) mod pieces;
pub(crate) mod proxy;
pub(crate) mod sample;
pub(crate) mod trash;
pub(crate) mod variants;

use rushes_library::model::JobKind;

use crate::queue::kinds::{Descriptor, Kinds};
use analysis::AnalysePayload;
use clip_file::ClipFilePayload;
use finals::RenderPayload;
use from_segments::FromSegmentsPayload;
use generate::GeneratePayload;
use ingest::IngestPayload;
use proxy::ProxyPayload;
use sample::SamplePayload;
use trash::DeletePayload;

/// All kinds of jobs, for the queue.
pub(crate) const KINDS: Kinds = Kinds { descriptor };

/// The descriptor of a kind.
pub(crate) fn descriptor(kind: JobKind) -> &'static Descriptor {
    match kind {
        JobKind::Analyse => const { &Descriptor::new::<AnalysePayload>() },
        JobKind::ClipFile => const { &Descriptor::new::<ClipFilePayload>() },
        JobKind::DeleteFiles => const { &Descriptor::new::<DeletePayload>() },
        JobKind::Generate => const { &Descriptor::new::<GeneratePayload>() },
        JobKind::GenerateFromSegments => const { &Descriptor::new::<FromSegmentsPayload>() },
        JobKind::Ingest => const { &Descriptor::new::<IngestPayload>() },
        JobKind::Proxy => const { &Descriptor::new::<ProxyPayload>() },
        JobKind::Render => const { &Descriptor::new::<RenderPayload>() },
        JobKind::Sample => const { &Descriptor::new::<SamplePayload>() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_descriptor() {
        for kind in JobKind::ALL {
            assert_eq!(descriptor(kind).kind, kind);
        }
    }
}
