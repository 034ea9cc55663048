//! What a process that may be killed was told: each decision is on the disk
//! before it is made, and what came of it before the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use rushes_model::edit::Cut;
use rushes_model::ids::{ClipId, JobId, ProfileId, SourceId};
use rushes_studio::model::{Flag, JobState};
use serde::{Deserialize, Serialize};

/// Something that an editor decides, and that may not be lost.
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
    /// What is in the trash ends.
    Emptied,
    /// A job is paused, and nobody but the editor lets it go on.
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
    /// It was told that this is so.
    Made(Decision),
    Refused,
    /// It was told that there is such a job, and how it stands.
    Stands {
        job: JobId,
        clip: Option<ClipId>,
        state: JobState,
    },
    /// It was told that this was added.
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

/// Takes what was written since the last look. The last line may be cut off.
pub fn take(folder: &Path, profile: ProfileId) -> Vec<Line> {
    let path = path(folder, profile);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let _ = std::fs::remove_file(&path);
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// What has to be so, by what was told. Where the last decision was cut off,
/// both are allowed.
#[derive(Debug, Default)]
pub struct Known {
    pub flags: BTreeMap<ClipId, Vec<Flag>>,
    pub cuts: BTreeMap<ClipId, Vec<Vec<Cut>>>,
    pub muted: BTreeMap<ClipId, Vec<bool>>,
    pub trashed: BTreeMap<ClipId, Vec<bool>>,
    pub held: Vec<bool>,
    pub paused: BTreeSet<JobId>,
    /// Each with the clip that it goes with.
    pub jobs: BTreeMap<JobId, Option<ClipId>>,
    pub sources: BTreeSet<SourceId>,
    /// Whether the trash was to be emptied ever.
    pub emptied: bool,
    /// Clips that went with it.
    pub gone: BTreeSet<ClipId>,
    pub over: BTreeMap<JobId, JobState>,
    /// Decisions that were told so far.
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
        // The kill came before the answer.
        if let Some(decision) = open {
            self.set(decision, true);
        }
    }

    fn set(&mut self, decision: Decision, may_be: bool) {
        fn put<T>(known: &mut Vec<T>, value: T, may_be: bool) {
            if !may_be {
                known.clear();
            } else if known.is_empty() {
                // What was before is not known here, so that anything is allowed.
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

    /// Whether a clip that is not there may have gone with the trash; then it is
    /// known from now on that it has.
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

    /// What was allowed and turned out to be so is known from now on.
    pub fn settle<T: Clone + PartialEq>(allowed: &mut Vec<T>, is: &T) -> bool {
        let fits = allowed.is_empty() || allowed.contains(is);
        *allowed = vec![is.clone()];
        fits
    }
}
