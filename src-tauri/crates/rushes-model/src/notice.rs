//! Everything that the editor is told, error or remark: a code with typed parameters.
//! The words are in `ui/messages/*/notices.json`, one table for the page and for the
//! command line.
//!
//! The name of a parameter tells its unit and how it is worded: `_us`, `_s`, `_bytes` and
//! `_mlufs` are formatted as such, and `count` chooses between singular and plural. `why`
//! chooses the sentence, `notice_<code>_<why>`. Any other choice, such as `activity`, is a
//! phrase within the sentence, `notice_<parameter>_<choice>`. Text is a name or what
//! another program said, never a sentence of ours.

use std::io;

use serde::{Deserialize, Serialize};

/// Values of a parameter for the tests that read the words: every choice, both
/// numbers.
trait Sample: Sized {
    fn samples() -> Vec<Self>;
}

impl Sample for String {
    fn samples() -> Vec<Self> {
        vec!["Beach day.mp4".into()]
    }
}

impl Sample for Vec<String> {
    fn samples() -> Vec<Self> {
        vec![vec!["libx264".into(), "ass".into()]]
    }
}

impl Sample for u32 {
    fn samples() -> Vec<Self> {
        vec![1, 2]
    }
}

impl Sample for i32 {
    fn samples() -> Vec<Self> {
        vec![-16_300]
    }
}

impl Sample for i64 {
    fn samples() -> Vec<Self> {
        vec![12_500_000]
    }
}

impl Sample for Box<Notice> {
    fn samples() -> Vec<Self> {
        vec![Self::new(Notice::FormChanges)]
    }
}

impl Sample for Vec<Notice> {
    fn samples() -> Vec<Self> {
        vec![vec![Notice::SegmentsShort, Notice::EncodedInSoftware]]
    }
}

/// Repeats the values of a parameter with fewer of them than others of its notice.
fn sample<T: Sample + Clone>(at: usize) -> T {
    let samples = T::samples();
    samples[at % samples.len()].clone()
}

/// A choice whose words are in the table.
macro_rules! choices {
    ($(#[$meta:meta])* pub enum $Choice:ident { $($(#[$doc:meta])* $variant:ident),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
        $(#[$meta])*
        #[serde(rename_all = "snake_case")]
        pub enum $Choice { $($(#[$doc])* $variant),+ }

        impl Sample for $Choice {
            fn samples() -> Vec<Self> {
                vec![$(Self::$variant),+]
            }
        }
    };
}

/// An enum whose variants are sentences of the table. Each has its samples by
/// construction.
macro_rules! sentences {
    ($(#[$meta:meta])* pub enum $Sentence:ident {
        $($(#[$doc:meta])* $variant:ident $({ $($(#[$about:meta])* $field:ident: $type:ty),+ $(,)? })?),+ $(,)?
    }) => {
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
        $(#[$meta])*
        pub enum $Sentence { $($(#[$doc])* $variant $({ $($(#[$about])* $field: $type),+ })?),+ }

        impl Sample for $Sentence {
            fn samples() -> Vec<Self> {
                let mut samples = Vec::new();
                $(
                    let most = 1_usize$($(.max(<$type as Sample>::samples().len()))+)?;
                    samples.extend((0..most).map(|_at| Self::$variant $({ $($field: sample(_at)),+ })?));
                )+
                samples
            }
        }
    };
}

choices! {
    /// What was being done with a file when it failed; “while …”.
    pub enum Activity {
        /// A source is read.
        ReadingSource,
        /// A file is read.
        ReadingFile,
        /// A copy with one clock is made of a file with several.
        Rejoining,
        /// The sound is searched for what can be heard.
        Listening,
        /// A folder is made.
        MakingFolder,
        /// A file is written.
        WritingFile,
        /// A complete file gets its name.
        SavingFile,
        /// The place of a new file is looked at.
        CheckingDestination,
        /// Pieces are joined.
        Joining,
        /// A list of pieces is written.
        WritingList,
        /// A source that changes its form is converted to one.
        Unifying,
        /// The file of a clip is made.
        MakingClipFile,
        /// Loudness is measured.
        MeasuringSound,
        /// A still picture is made.
        MakingThumbnail,
        /// A row of pictures is made.
        MakingFilmstrip,
        /// A source is cut without encoding.
        Cutting,
        /// Key frames of a source are listed.
        Indexing,
        /// Captions are written for ffmpeg.
        WritingCaptions,
        /// A final is rendered.
        Rendering,
        /// A version for viewing is made.
        MakingProxy,
        /// Sample footage is made.
        MakingSample,
        /// Sound is analysed.
        AnalysingSound,
        /// Pictures are analysed.
        AnalysingPicture,
    }
}

choices! {
    /// Why the system refused to read or write.
    pub enum SystemReason {
        /// Permissions.
        NotAllowed,
        /// No such folder.
        FolderMissing,
        /// The disk cannot be written to.
        ReadOnly,
        /// The file system does not allow the name.
        BadName,
        /// The file system does not hold files of that size.
        FileTooLarge,
        /// Anything else.
        Other,
    }
}

choices! {
    /// What could not be done with a file or folder of Rushes.
    pub enum Failed {
        /// The data directory.
        DataDirectory,
        /// A caption file.
        ReadCaptions,
        /// Removing a file.
        RemoveFile,
        /// Removing a folder.
        RemoveFolder,
        /// Copying a source.
        CopySource,
        /// The folder for finals.
        UseFinalsFolder,
        /// A new folder for finals.
        MakeFinalsFolder,
        /// The folder for sources.
        MakeSourcesFolder,
        /// Sample footage.
        PlaceSample,
        /// The folder for caches.
        MakeCacheFolder,
        /// The file of a clip.
        PlaceClip,
        /// The folder for clips.
        MakeClipsFolder,
        /// A job's scratch space.
        MakeTempFolder,
        /// The analysis of a source.
        KeepAnalysis,
        /// A profile's folder.
        MakeProfileFolder,
        /// The command line.
        Start,
    }
}

choices! {
    /// A kind of row, or of file, that was not found.
    pub enum RowKind {
        /// Jobs that were asked for together.
        Batch,
        /// A clip.
        Clip,
        /// A film or a picture.
        File,
        /// A final.
        Final,
        /// Something that a row refers to.
        Item,
        /// A job.
        Job,
        /// A file without a row, or the other way round.
        LeftOver,
        /// An export preset.
        Preset,
        /// A profile.
        Profile,
        /// A project.
        Project,
        /// A segment.
        Segment,
        /// A snapshot of the library.
        Snapshot,
        /// A source.
        Source,
    }
}

choices! {
    /// A value that can be refused.
    pub enum Field {
        /// Jobs at once.
        AtOnce,
        /// Room for caches.
        CacheLimitMb,
        /// Captions.
        Captions,
        /// Centre of a crop.
        CentreXBp,
        /// Centre of a crop.
        CentreYBp,
        /// A colour.
        Colour,
        /// Columns of a waveform.
        Columns,
        /// A name that confirms a deletion.
        ConfirmName,
        /// Longest clips of a list.
        BelowDurationUs,
        /// Background of a project.
        Context,
        /// A number of clips.
        Count,
        /// A place in a list.
        Cursor,
        /// An edit list.
        Cuts,
        /// Description of a project.
        Description,
        /// A font.
        Font,
        /// Several rows.
        Ids,
        /// An in point.
        InUs,
        /// A job.
        Job,
        /// Keywords of a segment.
        Keywords,
        /// Rows of a page.
        Limit,
        /// Margin of captions.
        MarginPermille,
        /// Shortest clips of a list.
        MinDurationUs,
        /// Least stars.
        MinRating,
        /// Weight of loudness.
        Loudness,
        /// Weight of motion.
        Motion,
        /// A name.
        Name,
        /// Weight of novelty.
        Novelty,
        /// An out point.
        OutUs,
        /// Colour of an outline.
        OutlineColour,
        /// Width of an outline.
        OutlinePermille,
        /// A folder for finals.
        OutputFolder,
        /// Weight of the pace of cuts.
        Pace,
        /// Files to add.
        Paths,
        /// An export preset.
        Preset,
        /// Stars.
        Rating,
        /// A script.
        Script,
        /// Weight of sharpness.
        Sharpness,
        /// Size of captions.
        SizePermille,
        /// Weight of speech.
        Speech,
        /// Style of captions.
        Style,
        /// Tags of a clip.
        Tags,
        /// A target duration.
        TargetDurationUs,
        /// End of a stretch.
        ToUs,
        /// A sound track.
        Track,
        /// Sound tracks.
        Tracks,
        /// What is cut off the end.
        TrimEnd,
        /// What is cut off the start.
        TrimStart,
        /// A number of clips from segments.
        VariantCount,
        /// Weight of a segment.
        Weight,
        /// Size of the page.
        ZoomPercent,
    }
}

choices! {
    /// Why a readable file is not footage.
    pub enum NotVideo {
        /// Not a media file that ffmpeg knows.
        Unrecognised,
        /// It has sound but no picture.
        AudioOnly,
        /// The only picture is a cover image.
        CoverOnly,
        /// A still picture.
        StillPicture,
        /// A raw video stream without timestamps.
        BareStream,
        /// A playlist or a text file.
        Playlist,
        /// The frames are too large to keep several in memory.
        TooLarge,
        /// The video codec cannot be decoded by this ffmpeg.
        UnknownCodec,
    }
}

choices! {
    /// How the clock of a file is uneven.
    pub enum Clocks {
        /// It is that of several recordings.
        Joined,
        /// It jumps so often that the file must be damaged.
        Leaping,
    }
}

choices! {
    /// What most likely ended ffmpeg from outside.
    pub enum KilledBy {
        /// The system, since memory ran out.
        Memory,
        /// Something else.
        Other,
    }
}

choices! {
    /// How pieces differ that cannot be joined without encoding.
    pub enum Mixed {
        /// Video codecs.
        Codecs,
        /// Frame sizes.
        Sizes,
        /// Pixel formats.
        PixelFormats,
        /// One has no sound.
        Silence,
        /// Formats of the sound.
        Sounds,
        /// Settings of the encoders.
        Encoders,
    }
}

choices! {
    /// How a file differs from the source that it was to replace.
    pub enum OtherFootage {
        /// It is other footage.
        Different,
        /// It is shorter.
        Shorter,
    }
}

choices! {
    /// What is in progress already.
    pub enum Engaged {
        /// Exactly this.
        SameWork,
        /// Clips are made in the project.
        MakingClips,
        /// The final is rendered.
        Rendering,
        /// Another process uses the library.
        LibraryUsed,
        /// Another process runs the job; for the command line.
        Terminal,
    }
}

choices! {
    /// What is left of a library whose file is missing.
    pub enum LostLibrary {
        /// There is a snapshot.
        HasSnapshot,
        /// There are only folders of profiles.
        NoSnapshot,
        /// There is a snapshot; for the command line.
        Terminal,
    }
}

choices! {
    /// Where a damaged library is restored.
    pub enum WayBack {
        /// In the window.
        Window,
        /// With the command line.
        Terminal,
    }
}

choices! {
    /// How a full disk was noticed, and what becomes of the work.
    pub enum FullDisk {
        /// It reports no space.
        Full,
        /// It reports space but refuses to write.
        TakesNothing,
        /// Files are added once there is space.
        AddsLater,
        /// The job waits; for the command line.
        Terminal,
    }
}

choices! {
    /// What becomes of work whose output folder is gone.
    pub enum MissingFolder {
        /// It waits or fails.
        Gone,
        /// The job waits; for the command line.
        Terminal,
    }
}

choices! {
    /// What becomes of interrupted work.
    pub enum Interruption {
        /// Files are added with the next start.
        AddsLater,
        /// The job is offered again; for the command line.
        Terminal,
    }
}

choices! {
    /// Why there is no footage to work with.
    pub enum NoFootage {
        /// The project is empty.
        NoneYet,
        /// Every file was refused.
        NoneUsable,
    }
}

choices! {
    /// Why there are fewer clips than requested.
    pub enum Fewer {
        /// There is no source.
        NoFootage,
        /// The rest was used before.
        UsedUp,
        /// The rest is in undecided clips; moments used before were allowed.
        UsedAgain,
        /// The footage is too short.
        TooShort,
        /// The rest is black, white or damaged.
        Blank,
        /// The rest is frozen and silent.
        Frozen,
        /// The rest looks like what was chosen.
        Repetitive,
    }
}

choices! {
    /// What would make more clips from segments.
    pub enum MoreClips {
        /// More segments, or shorter clips.
        MoreSegments,
        /// Taking them at random, too.
        AtRandom,
    }
}

choices! {
    /// Why a file is not shown in the file manager.
    pub enum NotShown {
        /// The file manager does not open.
        NoFileManager,
        /// The file is gone.
        Gone,
    }
}

sentences! {
    /// Why a value was refused.
    #[serde(tag = "why", rename_all = "snake_case")]
    pub enum Invalid {
        /// A name without characters.
        NameEmpty,
        /// A name with too many characters.
        NameTooLong {
            /// Most characters.
            most: u32,
            /// Characters of this one.
            length: u32,
        },
        /// A name with control characters.
        NameControl,
        /// A text with too many characters.
        TextTooLong {
            /// Most characters.
            most: u32,
            /// Characters of this one.
            length: u32,
        },
        /// A text with NUL characters.
        TextNul,
        /// A target duration out of range.
        TargetDuration,
        /// A number of clips out of range.
        ClipCount {
            /// Most clips.
            most: u32,
        },
        /// A number out of range.
        OutOfRange {
            /// Lowest value.
            low: u32,
            /// Highest value.
            high: u32,
        },
        /// Not a colour.
        Colour,
        /// A tag that is too long or has control characters.
        TagTooLong,
        /// Too many tags.
        TooManyTags,
        /// Too many captions.
        TooManyCaptions {
            /// Most captions.
            most: u32,
        },
        /// A caption that ends before it begins.
        CaptionBackwards {
            /// Its number, from 1.
            number: u32,
        },
        /// A caption that ends after its clip.
        CaptionAfterClip {
            /// Its number, from 1.
            number: u32,
            /// Length of the clip, in microseconds.
            clip_us: i64,
        },
        /// Captions at the same time.
        CaptionsOverlap {
            /// Number of the first, from 1.
            number: u32,
            /// Number of the second.
            next: u32,
        },
        /// An empty edit list.
        NoCuts,
        /// An edit list that is too long.
        TooManyCuts {
            /// Most entries.
            most: u32,
        },
        /// Too many clips at once.
        TooManyClips {
            /// Most clips.
            most: u32,
        },
        /// Too many finals at once.
        TooManyFinals {
            /// Most finals.
            most: u32,
        },
        /// Too many files at once.
        TooManyFiles {
            /// Files that were named.
            named: u32,
            /// Most files.
            most: u32,
        },
        /// An in point outside its source.
        InPointOutside,
        /// An out point after the end of its source.
        OutPointOutside,
        /// In and out points too close to each other.
        PieceTooShort,
        /// An order that does not name every segment once.
        SegmentsIncomplete,
        /// A sound track that the source does not have.
        NoSuchTrack,
        /// A sound track of a source without sound.
        NoSound {
            /// Name of the source.
            name: String,
        },
        /// A sound track other than the only one.
        OneTrack {
            /// Name of the source.
            name: String,
        },
        /// A sound track beyond the last.
        OtherTracks {
            /// Name of the source.
            name: String,
            /// Number of the last track.
            last: u32,
            /// Number that was given.
            number: u32,
        },
        /// A weight in the score out of range.
        ScoreWeight,
        /// A cursor of another list.
        Cursor,
        /// An order of jobs that do not wait.
        JobNotWaiting,
        /// A name that does not confirm.
        OtherName,
        /// Too many columns.
        Columns {
            /// Most columns.
            most: u32,
        },
        /// A stretch that ends before it begins.
        EndBeforeStart,
        /// A folder that does not exist.
        NoSuchFolder,
        /// A size of the page out of range.
        Zoom {
            /// Smallest, in percent.
            low: u32,
            /// Largest, in percent.
            high: u32,
        },
        /// Not a number of seconds.
        NotATime,
        /// A centre out of range.
        Centre,
        /// An unknown preset.
        NoSuchPreset {
            /// Its key.
            name: String,
        },
        /// A trim that leaves nothing.
        NothingLeft,
        /// Not a style of captions.
        Style {
            /// What the parser says.
            text: String,
        },
    }
}

sentences! {
    /// Why a caption file was refused.
    #[serde(tag = "why", rename_all = "snake_case")]
    pub enum BadCaptions {
        /// A line where a time was expected.
        BadTime {
            /// Line in the file, from 1.
            line: u32,
            /// The line, cut to 60 characters.
            text: String,
        },
        /// A caption that ends before it begins.
        Backwards {
            /// Line in the file, from 1.
            line: u32,
        },
        /// No captions.
        Empty,
        /// A folder, a device or a pipe.
        NotAFile,
        /// Larger than captions ever are.
        TooLarge,
        /// All captions begin after the clip ends.
        AfterClip,
    }
}

sentences! {
    /// Why an edit list does not fit its sources.
    #[serde(tag = "why", rename_all = "snake_case")]
    pub enum BadEdit {
        /// It has no entries.
        Empty,
        /// A piece ends before it begins.
        Backwards {
            /// Its number, from 1.
            number: u32,
        },
        /// A piece reaches outside its source.
        Outside {
            /// Its number, from 1.
            number: u32,
        },
    }
}

sentences! {
    /// How the command line was misused.
    #[serde(tag = "why", rename_all = "snake_case")]
    pub enum Usage {
        /// There is no home directory.
        NoHome,
        /// The arguments make no sense.
        Arguments {
            /// What the parser says.
            text: String,
        },
    }
}

sentences! {
    /// What the editor is told.
    #[serde(tag = "code", rename_all = "snake_case")]
    pub enum Notice {
        /// A sentence that an earlier version stored. Only the migration of its jobs makes these.
        Written {
            /// The sentence.
            text: String,
        },
        /// The editor cancelled the work.
        Cancelled,
        /// A mistake of ours; the detail tells which.
        Internal,
        /// The profile has no such row, or the row no such file.
        NotFound {
            /// What was searched for.
            row: RowKind,
        },
        /// A value is out of range.
        Invalid {
            /// The value.
            field: Field,
            /// What is allowed.
            reason: Invalid,
        },
        /// The same is in progress already.
        Busy {
            /// Which of these.
            why: Engaged,
        },
        /// The job has ended and keeps its state.
        JobOver,
        /// Another profile has this name.
        NameTaken,
        /// The last profile cannot be deleted.
        LastProfile,
        /// The window shows no profile.
        NoProfile,
        /// The library file is damaged.
        LibraryCorrupt {
            /// Which of these.
            why: WayBack,
        },
        /// The library file is gone.
        LibraryMissing {
            /// Which of these.
            why: LostLibrary,
        },
        /// The library was written by a newer version.
        LibraryNewer,
        /// The library could not be migrated.
        LibraryMigration,
        /// SQLite reported an error.
        Library,
        /// The library needs no snapshot.
        LibrarySound,
        /// Another window has the library.
        LibraryInUse,
        /// The disk is full.
        DiskFull {
            /// Which of these.
            why: FullDisk,
        },
        /// The disk has too little space for a job.
        DiskShort {
            /// What it needs, in bytes.
            needed_bytes: i64,
            /// What may be used, in bytes.
            spare_bytes: i64,
            /// What is free, in bytes.
            free_bytes: i64,
        },
        /// The disk reports space but refused to write too often.
        DiskRefuses {
            /// How often.
            tries: u32,
        },
        /// A drive does not answer.
        DriveSilent {
            /// Name of a folder on it.
            folder: String,
        },
        /// The output folder is gone.
        FolderMissing {
            /// Which of these.
            why: MissingFolder,
        },
        /// Something of ours may not be written.
        Permission {
            /// What was tried.
            failed: Failed,
        },
        /// Something of ours is gone.
        FileMissing {
            /// What was tried.
            failed: Failed,
        },
        /// Something of ours could not be read or written.
        Io {
            /// What was tried.
            failed: Failed,
        },
        /// A file or folder of ours could not be read or written while ffmpeg was used.
        FileFailed {
            /// What it was doing.
            activity: Activity,
            /// Name of the file or folder.
            name: String,
            /// What the system says.
            system: SystemReason,
        },
        /// The result could not be written.
        OutputUnwritable {
            /// Name of the folder.
            folder: String,
            /// What the system says.
            system: SystemReason,
        },
        /// The destination exists; nothing was overwritten.
        FileExists {
            /// Name of the file.
            name: String,
        },
        /// Files could not be deleted.
        FilesLeft {
            /// How many.
            count: u32,
        },
        /// The file does not exist.
        FileNotFound {
            /// Name of the file.
            name: String,
        },
        /// The file exists but cannot be read.
        FileUnreadable {
            /// Name of the file.
            name: String,
        },
        /// A folder, a device, a socket.
        NotAFile {
            /// Name of the file.
            name: String,
        },
        /// The file has no bytes.
        FileEmpty {
            /// Name of the file.
            name: String,
        },
        /// The file is not footage.
        NotAVideo {
            /// Name of the file.
            name: String,
            /// Which of these.
            why: NotVideo,
        },
        /// The file ends before its index.
        FileTruncated {
            /// Name of the file.
            name: String,
        },
        /// The picture has no duration.
        ZeroDuration {
            /// Name of the file.
            name: String,
        },
        /// The file's clock restarts or jumps.
        UnevenClock {
            /// Name of the file.
            name: String,
            /// How many clocks, or jumps.
            parts: u32,
            /// Which of these.
            why: Clocks,
        },
        /// Reading the file took too long.
        ProbeTimedOut {
            /// Name of the file.
            name: String,
        },
        /// The project already has this file.
        AlreadyAdded {
            /// Name of the file.
            name: String,
        },
        /// The file holds other footage than the source.
        DifferentFootage {
            /// Name of the file.
            name: String,
            /// Name of the source.
            original: String,
            /// Which of these.
            why: OtherFootage,
        },
        /// The file of a source is gone.
        SourceMissing {
            /// Name of the source.
            name: String,
        },
        /// The file of a source is another one.
        SourceChanged {
            /// Name of the source.
            name: String,
        },
        /// A file changed while it was copied.
        CopyChanged {
            /// Name of the file.
            name: String,
        },
        /// There is no footage to work with.
        NoSources {
            /// Which of these.
            why: NoFootage,
        },
        /// The project has no segments.
        NoSegments,
        /// A clip has no file that shows it as it is.
        NoClipFile,
        /// A caption file was refused.
        BadCaptions {
            /// Why.
            reason: BadCaptions,
        },
        /// ffmpeg or ffprobe was not found, or does not start.
        FfmpegMissing {
            /// Which of them.
            tool: String,
        },
        /// This ffmpeg lacks something.
        FfmpegUnsuitable {
            /// Encoders and filters.
            missing: Vec<String>,
        },
        /// ffmpeg failed for a reason without a code of its own.
        FfmpegFailed {
            /// What it was doing.
            activity: Activity,
        },
        /// ffmpeg was ended from outside.
        FfmpegKilled {
            /// What it was doing.
            activity: Activity,
            /// Which of these.
            why: KilledBy,
        },
        /// ffmpeg crashed.
        FfmpegCrashed {
            /// What it was doing.
            activity: Activity,
        },
        /// ffmpeg stopped responding and was ended.
        FfmpegStalled {
            /// What it was doing.
            activity: Activity,
            /// How long there was no sign of life, in seconds.
            silent_s: u32,
        },
        /// The work was ended to pause it.
        Suspended,
        /// The timestamps of a source run backwards.
        BadTimestamps,
        /// The size, channels or sample rate of a source change midway.
        FormChanges,
        /// ffmpeg succeeded, but its output is not what was requested.
        WrongOutput {
            /// What it was doing.
            activity: Activity,
        },
        /// An edit list does not fit its sources.
        BadEdit {
            /// Why.
            reason: BadEdit,
        },
        /// Pieces cannot be joined without encoding them again.
        NotLossless {
            /// Which of these.
            why: Mixed,
        },
        /// A source does not say when its frames are shown.
        NoDisplayTimes {
            /// Name of the source.
            name: String,
        },
        /// The start of a source cannot be decoded.
        BeginsLater {
            /// Name of the source.
            name: String,
            /// When its first decodable frame is shown, in microseconds.
            first_us: i64,
        },
        /// The work was interrupted.
        Interrupted {
            /// Which of these.
            why: Interruption,
        },
        /// The job is paused; for the command line.
        Paused,
        /// A job of another version.
        JobPayload,
        /// Nothing in the footage makes a clip.
        NoClips {
            /// Why.
            reasons: Vec<Notice>,
        },
        /// There are fewer clips than requested.
        FewerClips {
            /// Which of these.
            why: Fewer,
        },
        /// The segments are shorter than the target.
        SegmentsShort,
        /// Segments make fewer clips than requested.
        FewerVariants {
            /// Clips that were made.
            count: u32,
            /// Clips that were requested.
            asked: u32,
            /// Which of these.
            why: MoreClips,
        },
        /// Some clips could not be made. Only in the notes of jobs of older versions.
        ClipsFailed {
            /// How many.
            count: u32,
            /// Why the first could not.
            reason: Box<Notice>,
        },
        /// A file with several clocks was copied.
        Rejoined {
            /// Name of the file.
            name: String,
            /// How many recordings it holds.
            parts: u32,
        },
        /// The graphics card failed at a final.
        EncodedInSoftware,
        /// Why the graphics card failed, for the log.
        HardwareFailed {
            /// The encoder, as ffmpeg names it.
            encoder: String,
            /// What went wrong.
            reason: Box<Notice>,
        },
        /// A final misses its target loudness.
        LoudnessMissed {
            /// What was measured, in thousandths of LUFS.
            heard_mlufs: i32,
            /// What was wanted, in thousandths of LUFS.
            target_mlufs: i32,
        },
        /// A font is not installed.
        FontReplaced {
            /// The font.
            font: String,
            /// The font that was used.
            taken: String,
        },
        /// The application is closing.
        Closing,
        /// The application is starting.
        Starting,
        /// The settings could not be read or stored.
        Settings,
        /// A window could not be opened.
        Window,
        /// The editor did not choose the file.
        NotChosen,
        /// A file could not be shown in the file manager.
        Reveal {
            /// Its whole path, which is of use then.
            path: String,
            /// Which of these.
            why: NotShown,
        },
        /// The command line was misused.
        Usage {
            /// How.
            reason: Usage,
        },
        /// The library has no profile; for the command line.
        NoProfileYet,
        /// No profile has this name; for the command line.
        NoProfileNamed {
            /// The name.
            name: String,
        },
        /// No profile is the default; for the command line.
        NoDefaultProfile,
        /// Several projects have this name; for the command line.
        Ambiguous,
    }
}

impl Notice {
    /// A disk without free space.
    pub const FULL: Self = Self::DiskFull { why: FullDisk::Full };

    /// At least one of each, with every choice in it, for the tests that read the words.
    pub fn samples() -> Vec<Self> {
        <Self as Sample>::samples()
    }

    /// A value was refused.
    pub fn invalid(field: Field, reason: Invalid) -> Self {
        Self::Invalid { field, reason }
    }

    /// Something of Rushes could not be read or written.
    pub fn io(failed: Failed, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::FULL,
            io::ErrorKind::PermissionDenied => Self::Permission { failed },
            io::ErrorKind::NotFound => Self::FileMissing { failed },
            _ => Self::Io { failed },
        }
    }

    /// Whether a job that ends with this waits for disk space.
    pub fn is_want_of_space(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::DiskShort { .. })
    }

    /// Whether the library cannot be used as it is, so that a snapshot is better than
    /// nothing. A full disk or another window is not such a reason.
    pub fn is_lost_library(&self) -> bool {
        matches!(
            self,
            Self::LibraryCorrupt { .. }
                | Self::LibraryMissing { .. }
                | Self::LibraryNewer
                | Self::LibraryMigration
        )
    }
}

impl SystemReason {
    /// The reason in an error of the system.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::NotAllowed,
            io::ErrorKind::NotFound => Self::FolderMissing,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::InvalidFilename => Self::BadName,
            io::ErrorKind::FileTooLarge => Self::FileTooLarge,
            _ => Self::Other,
        }
    }
}
