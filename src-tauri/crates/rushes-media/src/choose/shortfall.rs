//! Why there are fewer clips than were asked for.

/// Why fewer clips came back than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// There is no source to choose from.
    NoFootage,
    /// What is left after what was used before is too short for another clip.
    UsedUp,
    /// The footage is too short for so many clips of this length.
    TooShort,
    /// Most of the footage is black, white or damaged.
    Blank,
    /// Most of the footage stands still.
    Frozen,
    /// What is left shows the same as what was chosen.
    Repetitive,
}

impl Shortfall {
    /// Why, and what to do next, for the editor.
    pub fn message(self) -> &'static str {
        match self {
            Self::NoFootage => "There is no source to choose from. Add a video first.",
            Self::UsedUp => {
                "The rest of the footage was used before. Delete clips, add sources, or ask for shorter clips."
            }
            Self::TooShort => {
                "The footage is too short for more clips of this length. Add sources, or ask for shorter clips."
            }
            Self::Blank => "Most of the footage is black or white. Add sources that show something.",
            Self::Frozen => {
                "Nothing moves in the rest of the footage. Add sources, or ask for shorter clips."
            }
            Self::Repetitive => {
                "The rest of the footage shows the same as the clips chosen. Add other sources, or ask for fewer clips."
            }
        }
    }
}

/// Where the footage went, in microseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Account {
    /// Into the clips of this choice.
    pub chosen: i64,
    /// Avoided, or the same as what is avoided.
    pub used: i64,
    /// Black, white or damaged.
    pub blank: i64,
    /// Frozen, where that counts.
    pub frozen: i64,
    /// The same as what was chosen.
    pub repeated: i64,
}

impl Account {
    /// The reason is where most of the footage went.
    pub fn reason(self) -> Shortfall {
        let accounts = [
            (self.chosen, Shortfall::TooShort),
            (self.frozen, Shortfall::Frozen),
            (self.repeated, Shortfall::Repetitive),
            (self.blank, Shortfall::Blank),
            (self.used, Shortfall::UsedUp),
        ];
        let most = accounts.into_iter().max_by_key(|(length, _)| *length);
        most.filter(|(length, _)| *length > 0).map_or(Shortfall::TooShort, |(_, reason)| reason)
    }
}
