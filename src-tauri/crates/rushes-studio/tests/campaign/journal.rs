//! Journal of a process that may be killed: each decision is on disk before it
//! is made, and its result before the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, JobId, ProfileId, SourceId};
use rushes_studio::model::{Flag, JobState};
use serde::{Deserialize, Serialize};

/// A decision of an editor, which must not be lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Decision {
    Flag {
        clip: ClipId,
        flag: Flag,
    },
    Trim {
        clip: ClipId,
        cuts: Vec<Cut>,
    },
    Muted {
        clip: ClipId,
        muted: bool,
    },
    Trashed {
        clip: ClipId,
        trashed: bool,
    },
    Held {
        held: bool,
    },
    /// The trash is emptied.
    Emptied,
    /// A job is paused, and only the editor resumes it.
    Pause {
        job: JobId,
    },
    LetGo {
        job: JobId,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Line {
    Wants(Decision),
    /// The decision was confirmed.
    Made(Decision),
    Refused,
    /// A job was reported, with its state.
    Stands {
        job: JobId,
        clip: Option<ClipId>,
        state: JobState,
    },
    /// A source was reported as added.
    Added {
        source: SourceId,
    },
}

pub struct Journal {
    file: File,
}

impl Journal {
    pub fn open(path: &Path) -> Self {
        Self { file: File::options().append(true).create(true).open(path).unwrap() }
    }

    pub fn write(&mut self, line: &Line) {
        let mut text = serde_json::to_string(line).unwrap();
        text.push('\n');
        self.file.write_all(text.as_bytes()).unwrap();
        self.file.sync_data().unwrap();
    }
}

pub fn path(folder: &Path, profile: ProfileId) -> PathBuf {
    folder.join(format!("journal-{profile}"))
}

/// Takes what was written since the last call. The last line may be incomplete.
pub fn take(folder: &Path, profile: ProfileId) -> Vec<Line> {
    let path = path(folder, profile);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let _ = std::fs::remove_file(&path);
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The expected state according to the journal. If the last decision was cut
/// off, both outcomes are allowed.
#[derive(Debug, Default)]
pub struct Known {
    pub flags: BTreeMap<ClipId, Vec<Flag>>,
    pub cuts: BTreeMap<ClipId, Vec<Vec<Cut>>>,
    pub muted: BTreeMap<ClipId, Vec<bool>>,
    pub trashed: BTreeMap<ClipId, Vec<bool>>,
    pub held: Vec<bool>,
    pub paused: BTreeSet<JobId>,
    /// Each with the clip it belongs to.
    pub jobs: BTreeMap<JobId, Option<ClipId>>,
    pub sources: BTreeSet<SourceId>,
    /// Whether the trash was ever emptied.
    pub emptied: bool,
    /// Clips deleted with it.
    pub gone: BTreeSet<ClipId>,
    pub over: BTreeMap<JobId, JobState>,
    /// Number of decisions recorded so far.
    pub made: usize,
}

impl Known {
    pub fn follow(&mut self, lines: Vec<Line>) {
        let mut open = None;
        for line in lines {
            match line {
                Line::Wants(decision) => open = Some(decision),
                Line::Refused => open = None,
                Line::Made(decision) => {
                    open = None;
                    self.made += 1;
                    self.set(decision, false);
                }
                Line::Added { source } => drop(self.sources.insert(source)),
                Line::Stands { job, clip, state } => {
                    self.jobs.insert(job, clip);
                    if state.is_over() {
                        self.over.insert(job, state);
                    }
                }
            }
        }
        // Killed before the answer.
        if let Some(decision) = open {
            self.set(decision, true);
        }
    }

    fn set(&mut self, decision: Decision, may_be: bool) {
        fn put<T>(known: &mut Vec<T>, value: T, may_be: bool) {
            if !may_be {
                known.clear();
            } else if known.is_empty() {
                // The previous state is unknown here, so anything is allowed.
                return;
            }
            known.push(value);
        }
        match decision {
            Decision::Flag { clip, flag } => put(self.flags.entry(clip).or_default(), flag, may_be),
            Decision::Trim { clip, cuts } => put(self.cuts.entry(clip).or_default(), cuts, may_be),
            Decision::Muted { clip, muted } => put(self.muted.entry(clip).or_default(), muted, may_be),
            Decision::Trashed { clip, trashed } => {
                put(self.trashed.entry(clip).or_default(), trashed, may_be)
            }
            Decision::Held { held } => put(&mut self.held, held, may_be),
            Decision::Emptied => self.emptied = true,
            Decision::Pause { job } if !may_be => drop(self.paused.insert(job)),
            Decision::Pause { .. } => {}
            Decision::LetGo { job } => drop(self.paused.remove(&job)),
        }
    }

    /// Whether a missing clip may have been deleted with the trash; if so, that
    /// is certain from now on.
    pub fn went(&mut self, clip: ClipId) -> bool {
        let was_trashed =
            self.trashed.get(&clip).is_some_and(|may_be| may_be.is_empty() || may_be.contains(&true));
        let went = self.emptied && was_trashed;
        if went {
            self.flags.remove(&clip);
            self.cuts.remove(&clip);
            self.muted.remove(&clip);
            self.trashed.remove(&clip);
            self.gone.insert(clip);
        }
        went
    }

    /// An allowed outcome that was observed is certain from now on.
    pub fn settle<T: Clone + PartialEq>(allowed: &mut Vec<T>, is: &T) -> bool {
        let fits = allowed.is_empty() || allowed.contains(is);
        *allowed = vec![is.clone()];
        fits
    }
}
