//! Words of the command line and the values they map to.

use clap::ValueEnum;
use rushes_model::choice::{ClipKind, MontageOrder};
use rushes_model::framing::FramingMode;
use rushes_studio::model;

/// Maps words to values of a type of the application.
macro_rules! words {
    ($name:ident for $target:ty { $($word:ident),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, ValueEnum)]
        pub enum $name { $($word),+ }

        impl From<$name> for $target {
            fn from(word: $name) -> Self {
                match word { $($name::$word => Self::$word),+ }
            }
        }
    };
}

words!(Status for model::ProjectStatus { Active, Done, Archived });
words!(ProjectSort for model::ProjectSort { Recent, Created, Name });
words!(Kind for ClipKind { Highlight, Montage });
words!(Order for MontageOrder { Chronological, BestFirst });
words!(Mode for model::SelectionMode { Sequential, Random, Weighted });
words!(FlagWord for model::Flag { Unflagged, Picked, Rejected });
words!(Sort for model::ClipSort {
    Oldest, Newest, Score, Rating, Duration, Name,
});
words!(Origin for model::ClipOrigin { Highlight, Montage, Segments });
words!(Rendered for model::FinalStatus {
    None, Rendering, Done, Stale, Failed,
});
words!(Framing for FramingMode { Fill, Fit, Blur });
