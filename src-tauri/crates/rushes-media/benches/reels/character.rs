//! The characters of the reels: what each has much of, and how it is encoded.

/// What a reel has much of. Shares are probabilities per join or scene.
#[derive(Debug, Clone, Copy)]
pub struct Character {
    pub name: &'static str,
    /// Possible frame rates, as numerator and denominator.
    pub rates: &'static [[u32; 2]],
    /// Shortest and longest time that a scene is fully visible, in seconds.
    pub solo_s: (f32, f32),
    /// Shares of joins that are dissolves, and that are dips to black or white; the
    /// rest are cuts.
    pub dissolves: f32,
    pub dips: f32,
    /// Share of joins between scenes that look alike.
    pub alike: f32,
    /// Shares of scenes with flashes, with whip pans and fast zooms, with something
    /// passing by, and of hand-held ones.
    pub flashes: f32,
    pub whips: f32,
    pub passers: f32,
    pub by_hand: f32,
    /// Least and most grain, and the share of scenes in low light.
    pub grain: (f32, f32),
    pub dark: f32,
    /// Whether it fades in from and out to black.
    pub faded_ends: bool,
    /// Whether frames are missing and others come early or late.
    pub uneven: bool,
    pub codec: &'static [&'static str],
}

const CALM: Character = Character {
    name: "",
    rates: &[[25, 1]],
    solo_s: (1.2, 4.5),
    dissolves: 0.0,
    dips: 0.0,
    alike: 0.0,
    flashes: 0.0,
    whips: 0.0,
    passers: 0.1,
    by_hand: 0.15,
    grain: (0.0, 0.0),
    dark: 0.0,
    faded_ends: false,
    uneven: false,
    codec: &["-c:v", "libx264", "-preset", "medium", "-crf", "18"],
};

/// All characters.
pub const CHARACTERS: [Character; 12] = [
    Character { name: "cuts", rates: &[[24000, 1001], [25, 1]], solo_s: (0.6, 3.5), ..CALM },
    Character {
        name: "similar",
        rates: &[[25, 1], [30, 1]],
        solo_s: (1.0, 3.5),
        alike: 0.75,
        dissolves: 0.12,
        codec: &["-c:v", "libx264", "-preset", "fast", "-crf", "23", "-bf", "2"],
        ..CALM
    },
    Character {
        name: "dissolves",
        rates: &[[24000, 1001], [25, 1], [30000, 1001]],
        solo_s: (1.2, 3.5),
        dissolves: 0.75,
        codec: &["-c:v", "libx264", "-preset", "medium", "-crf", "22"],
        ..CALM
    },
    Character {
        name: "dips",
        rates: &[[25, 1], [30000, 1001]],
        solo_s: (1.2, 3.5),
        dips: 0.65,
        faded_ends: true,
        codec: &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-crf", "34", "-b:v", "0"],
        ..CALM
    },
    Character {
        name: "flashes",
        rates: &[[25, 1], [30, 1]],
        flashes: 0.8,
        codec: &["-c:v", "libx264", "-preset", "fast", "-crf", "23"],
        ..CALM
    },
    Character {
        name: "pans",
        rates: &[[50, 1], [60000, 1001]],
        whips: 0.85,
        dissolves: 0.15,
        passers: 0.3,
        codec: &["-c:v", "libx264", "-preset", "veryfast", "-crf", "22"],
        ..CALM
    },
    Character {
        name: "shake",
        rates: &[[30000, 1001], [30, 1]],
        by_hand: 1.0,
        whips: 0.2,
        dissolves: 0.3,
        codec: &["-c:v", "mpeg4", "-q:v", "5", "-g", "100", "-bf", "1"],
        ..CALM
    },
    Character {
        name: "grain",
        rates: &[[24000, 1001], [25, 1]],
        grain: (4.0, 12.0),
        dark: 0.5,
        dissolves: 0.25,
        dips: 0.15,
        codec: &["-c:v", "libx264", "-preset", "veryfast", "-crf", "24"],
        ..CALM
    },
    Character {
        name: "low-quality",
        rates: &[[25, 1], [30000, 1001]],
        dissolves: 0.25,
        dips: 0.1,
        by_hand: 0.3,
        codec: &["-c:v", "libx264", "-preset", "veryfast", "-crf", "36"],
        ..CALM
    },
    Character {
        name: "fixed-gop",
        rates: &[[25, 1], [50, 1]],
        solo_s: (0.6, 3.0),
        dissolves: 0.15,
        codec: &[
            "-c:v",
            "libx264",
            "-preset",
            "fast",
            "-crf",
            "26",
            "-g",
            "48",
            "-keyint_min",
            "48",
            "-sc_threshold",
            "0",
            "-bf",
            "3",
        ],
        ..CALM
    },
    Character {
        name: "vfr",
        rates: &[[30, 1]],
        dissolves: 0.25,
        dips: 0.1,
        by_hand: 0.5,
        uneven: true,
        codec: &["-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-bf", "0"],
        ..CALM
    },
    Character {
        name: "mixed",
        rates: &[[25, 1], [60, 1]],
        solo_s: (0.8, 4.0),
        dissolves: 0.25,
        dips: 0.15,
        alike: 0.2,
        flashes: 0.25,
        whips: 0.25,
        passers: 0.25,
        by_hand: 0.3,
        grain: (0.0, 4.0),
        dark: 0.1,
        faded_ends: true,
        codec: &["-c:v", "libx264", "-preset", "fast", "-crf", "28"],
        ..CALM
    },
];
