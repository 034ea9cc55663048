//! The role of each channel: its weight in the loudness, and its share in the mono mix
//! that speech and onsets are detected in.

use ebur128::Channel;
use rushes_model::facts::AudioFacts;

/// ffmpeg's native channel orders, named as in `ffmpeg -layouts`.
const LAYOUTS: [(&str, &str); 31] = [
    ("mono", "FC"),
    ("stereo", "FL FR"),
    ("2.1", "FL FR LFE"),
    ("3.0", "FL FR FC"),
    ("3.0(back)", "FL FR BC"),
    ("4.0", "FL FR FC BC"),
    ("quad", "FL FR BL BR"),
    ("quad(side)", "FL FR SL SR"),
    ("3.1", "FL FR FC LFE"),
    ("5.0", "FL FR FC BL BR"),
    ("5.0(side)", "FL FR FC SL SR"),
    ("4.1", "FL FR FC LFE BC"),
    ("5.1", "FL FR FC LFE BL BR"),
    ("5.1(side)", "FL FR FC LFE SL SR"),
    ("6.0", "FL FR FC BC SL SR"),
    ("6.0(front)", "FL FR FLC FRC SL SR"),
    ("3.1.2", "FL FR FC LFE TFL TFR"),
    ("hexagonal", "FL FR FC BL BR BC"),
    ("6.1", "FL FR FC LFE BC SL SR"),
    ("6.1(back)", "FL FR FC LFE BL BR BC"),
    ("6.1(front)", "FL FR LFE FLC FRC SL SR"),
    ("7.0", "FL FR FC BL BR SL SR"),
    ("7.0(front)", "FL FR FC FLC FRC SL SR"),
    ("7.1", "FL FR FC LFE BL BR SL SR"),
    ("7.1(wide)", "FL FR FC LFE BL BR FLC FRC"),
    ("7.1(wide-side)", "FL FR FC LFE FLC FRC SL SR"),
    ("7.1(top)", "FL FR FC LFE BL BR TFL TFR"),
    ("5.1.2", "FL FR FC LFE SL SR TFL TFR"),
    ("octagonal", "FL FR FC BL BR BC SL SR"),
    ("cube", "FL FR BL BR TFL TFR TBL TBR"),
    ("downmix", "DL DR"),
];

/// The channels of a source.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    name: Option<&'static str>,
    roles: Vec<Role>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Front,
    Centre,
    /// Side or back: weighted 1.5 dB higher in BS.1770.
    Around,
    /// Low frequency effects: ignored by BS.1770.
    Low,
}

impl Layout {
    /// The layout that the probe found. If the file names none that is known here, this
    /// is the first one with as many channels, which is also what ffmpeg assumes.
    /// Beyond eight channels, all count as front channels.
    pub fn of(audio: &AudioFacts) -> Self {
        let channels = audio.channels as usize;
        let roles = |order: &str| order.split(' ').map(role).collect::<Vec<_>>();
        let fitting = || LAYOUTS.iter().filter(|(_, order)| order.split(' ').count() == channels);
        let known = fitting().find(|(name, _)| *name == audio.layout).or_else(|| fitting().next());
        match known {
            Some((name, order)) => Self { name: Some(*name), roles: roles(order) },
            None => Self { name: None, roles: vec![Role::Front; channels] },
        }
    }

    /// Left and right.
    pub fn stereo() -> Self {
        Self { name: Some("stereo"), roles: vec![Role::Front; 2] }
    }

    /// ffmpeg's name for the layout, if it has one.
    pub fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.roles.len()
    }

    /// The channels as the loudness meter weighs them (BS.1770-4).
    pub fn weights(&self) -> Vec<Channel> {
        self.roles
            .iter()
            .map(|role| match role {
                Role::Front | Role::Centre => Channel::Left,
                Role::Around => Channel::LeftSurround,
                Role::Low => Channel::Unused,
            })
            .collect()
    }

    /// The gain of each channel in the mono mix. The centre usually carries dialogue,
    /// so it is not reduced as much as in a plain mean.
    pub fn to_mono(&self) -> Vec<f32> {
        match self.roles.len() {
            1 => vec![1.0],
            2 => vec![0.5, 0.5],
            _ if self.name.is_none() => vec![1.0 / self.roles.len() as f32; self.roles.len()],
            _ => self
                .roles
                .iter()
                .map(|role| match role {
                    Role::Front => 0.5,
                    Role::Centre => 0.7,
                    Role::Around => 0.25,
                    Role::Low => 0.0,
                })
                .collect(),
        }
    }
}

fn role(name: &str) -> Role {
    match name {
        "FC" => Role::Centre,
        "LFE" => Role::Low,
        "BL" | "BR" | "BC" | "SL" | "SR" | "TBL" | "TBR" => Role::Around,
        _ => Role::Front,
    }
}
