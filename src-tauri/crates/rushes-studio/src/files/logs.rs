//! Log lines of a profile go to that profile's own folder, and nowhere else.
//!
//! [`ProfileLogs`] is a layer of `tracing-subscriber`: an event inside a span
//! with a `profile` field is written to `profiles/<id>/logs/rushes.log`. Other
//! events are left to the other layers.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use rushes_files::private;
use rushes_model::ids::ProfileId;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::{Context, Filter, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::files::folders::ProfileFolders;

/// Size at which a log file is rotated, in bytes. One older file is kept.
const ROTATE_AT: u64 = 4 << 20;

/// Writes log lines into the folders of their profiles.
#[derive(Debug)]
pub struct ProfileLogs {
    data_dir: PathBuf,
}

impl ProfileLogs {
    /// Logs below this data directory.
    pub fn new(data_dir: PathBuf) -> Self {
        Self { data_dir }
    }
}

/// Passes only events that belong to no profile, for logs shared by all
/// profiles: names and paths of one profile must not appear next to those of
/// another. Wrap it around any other filter of its layer, which would hide the
/// spans from it.
pub fn of_nobody<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Filter<S> {
    dynamic_filter_fn(|_, context: &Context<'_, S>| {
        let mut spans = context.lookup_current().into_iter().flat_map(|span| span.scope());
        !spans.any(|span| span.extensions().get::<Carried>().is_some())
    })
}

/// Fields a span adds to the lines inside it.
struct Carried {
    profile: ProfileId,
    fields: String,
}

#[derive(Default)]
struct Fields {
    profile: Option<ProfileId>,
    text: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "profile" => self.profile = format!("{value:?}").parse().ok(),
            "message" => {
                let _ = write!(self.text, " {value:?}");
            }
            name => {
                let _ = write!(self.text, " {name}={value:?}");
            }
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for ProfileLogs {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(profile), Some(span)) = (fields.profile, context.span(id)) {
            span.extensions_mut().insert(Carried { profile, fields: fields.text });
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(scope) = context.event_scope(event) else { return };
        for span in scope {
            if let Some(carried) = span.extensions().get::<Carried>() {
                let mut fields = Fields::default();
                event.record(&mut fields);
                let line = format!(
                    "{} {}{}{}\n",
                    rushes_library::now_ms(),
                    event.metadata().level(),
                    carried.fields,
                    fields.text
                );
                self.append(carried.profile, &line);
                return;
            }
        }
    }
}

impl ProfileLogs {
    /// A log line that cannot be written is dropped, since there is nowhere to
    /// report it.
    fn append(&self, profile: ProfileId, line: &str) {
        let folder = ProfileFolders::new(&self.data_dir, profile);
        // A late line must not bring back the folder of a deleted profile.
        if !folder.root().exists() || private::create_dir_all(&folder.logs()).is_err() {
            return;
        }
        let path = folder.logs().join("rushes.log");
        if path.metadata().is_ok_and(|facts| facts.len() > ROTATE_AT) {
            let _ = std::fs::rename(&path, path.with_extension("log.1"));
        }
        if let Ok(mut file) = private::options().create(true).append(true).open(path) {
            let _ = file.write_all(line.as_bytes());
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn a_line_goes_to_the_folder_of_its_profile_only() {
        let data = tempfile::tempdir().unwrap();
        let (ana, ben) = (ProfileId::new(), ProfileId::new());
        for profile in [ana, ben] {
            std::fs::create_dir_all(ProfileFolders::new(data.path(), profile).root()).unwrap();
        }
        let subscriber = tracing_subscriber::registry().with(ProfileLogs::new(data.path().to_owned()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("task", profile = %ana, job = "7").in_scope(|| tracing::info!("cutting"));
            tracing::info!("nobody's");
        });
        let log = ProfileFolders::new(data.path(), ana).logs().join("rushes.log");
        let text = std::fs::read_to_string(log).unwrap();
        assert!(text.contains("job=\"7\" cutting"), "{text}");
        assert!(!text.contains("nobody"));
        assert!(!ProfileFolders::new(data.path(), ben).logs().exists());
    }

    #[test]
    fn a_line_of_a_profile_stays_out_of_the_log_that_all_share() {
        let data = tempfile::tempdir().unwrap();
        let shared = data.path().join("shared.log");
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(std::fs::File::create(&shared).unwrap())
            .with_filter(tracing_subscriber::EnvFilter::new("warn"))
            .with_filter(of_nobody());
        let profiles = ProfileLogs::new(data.path().to_owned());
        let subscriber = tracing_subscriber::registry().with(profiles).with(lines);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("job", profile = %ProfileId::new()).in_scope(|| {
                tracing::warn!("Ana's film");
                tracing::warn_span!("inner").in_scope(|| tracing::warn!("Ana's clip"));
            });
            tracing::warn!("nobody's");
        });
        let text = std::fs::read_to_string(shared).unwrap();
        assert!(text.contains("nobody's") && !text.contains("Ana"), "{text}");
    }
}
