//! Which scene comes next: its subject, how it is shot and what happens in it.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::camera::{Camera, Move, Pose};
use super::character::Character;
use super::footage::{Footage, RealShot};
use super::scene::{Flash, Framing, Passer, Scene, Subject, WIDE};
use super::world;

/// Time at both ends of a scene without events, in seconds.
const MARGIN_S: f32 = 0.4;
/// Places in the Mandelbrot set that are worth zooming into.
const PLACES: [(f64, f64); 5] = [
    (-0.743_643_887, -0.131_825_904),
    (-0.7485, 0.0967),
    (-1.250_66, 0.020_12),
    (0.2855, 0.0115),
    (-0.1592, -1.0317),
];
/// Shortest time that a scene is fully visible, in seconds.
const LEAST_SOLO_S: f32 = 0.5;

/// What the joins around it require of a scene, in frames.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// In the transition before it.
    pub head: usize,
    pub solo: usize,
    /// In the transition after it.
    pub tail: usize,
    pub fps: f32,
}

impl Need {
    fn all(self) -> usize {
        self.head + self.solo + self.tail
    }
}

/// Draws the scene that follows `before`.
pub fn cast(
    character: &Character,
    before: Option<&Scene>,
    mut need: Need,
    footage: &Footage,
    random: &mut ChaCha8Rng,
) -> Scene {
    let alike = before
        .filter(|scene| !matches!(scene.subject, Subject::Made(_)))
        .filter(|_| random.random_bool(f64::from(character.alike)));
    let by_hand = random.random_bool(f64::from(character.by_hand));
    let whips = random.random_bool(f64::from(character.whips));
    let mut found = None;
    // Few candidates suit long transitions, but there are plenty in all.
    for _ in 0..60 {
        let subject = match alike {
            Some(scene) => resembling(scene, &mut need, footage, random),
            None => subject(whips, &mut need, footage, random),
        };
        if let Some(subject) = subject
            && before.is_none_or(|scene| alike.is_some() || family(&scene.subject) != family(&subject))
        {
            found = Some(subject);
            break;
        }
    }
    let subject = found.unwrap_or_else(|| Subject::Painted(random.random_range(0..1 << 32)));
    let still = matches!(subject, Subject::Painted(_) | Subject::Photo { .. });
    let camera = (still || by_hand).then(|| camera(still, by_hand, whips, need, random));
    let dark = random.random_bool(f64::from(character.dark));
    let grade = match (alike, dark) {
        (Some(scene), _) => scene.grade,
        (None, true) => (random.random_range(0.25..0.5), 0.01, 0.7),
        (None, false) => (random.random_range(0.85..1.1), 0.0, random.random_range(0.7..1.2)),
    };
    let grain = match character.grain {
        (_, 0.0) => 0.0,
        (least, most) => random.random_range(least..most),
    };
    let mut scene = Scene {
        subject,
        camera,
        grade,
        grain,
        flashes: Vec::new(),
        passers: Vec::new(),
        solo: need.solo,
        seed: random.random(),
    };
    let busy = random.random_bool(f64::from(character.flashes));
    if let Some(at) = moment(need, busy, random) {
        scene.flashes = flashes(at, need, random);
    }
    let passed = random.random_bool(f64::from(character.passers));
    if let Some(at) = moment(need, passed, random) {
        let room = need.head + need.solo - at;
        scene.passers.push(Passer {
            at,
            length: ((random.random_range(0.4..1.2) * need.fps) as usize).min(room),
            reach: (random.random_range(0.06..0.28), random.random_range(0.3..0.8)),
            luma: random.random_range(30.0..120.0),
            backwards: random.random_bool(0.5),
        });
    }
    scene
}

/// Scenes of one family look alike.
fn family(subject: &Subject) -> &str {
    match subject {
        Subject::Film { shot, .. } | Subject::Photo { shot, .. } => shot.family,
        Subject::Made(graph) => graph.split('=').next().unwrap_or_default(),
        Subject::Painted(_) => "",
    }
}

/// Any subject that is long enough; only the solo time is shortened if the shot
/// requires it.
fn subject(whips: bool, need: &mut Need, footage: &Footage, random: &mut ChaCha8Rng) -> Option<Subject> {
    let draw: f32 = random.random();
    if whips || draw < 0.28 {
        if footage.shots.is_empty() || random.random_bool(0.4) {
            return Some(Subject::Painted(random.random_range(0..1 << 32)));
        }
        let shot = any(&footage.shots, random);
        return Some(Subject::Photo { shot, at_s: within(&shot, 0.1, random)? });
    }
    if draw < 0.38 || footage.shots.is_empty() {
        return Some(Subject::Made(made(random)));
    }
    let shot = any(&footage.shots, random);
    film(shot, any_framing(random), need, random)
}

fn film(shot: RealShot, framing: Framing, need: &mut Need, random: &mut ChaCha8Rng) -> Option<Subject> {
    // Up to 30 frames per second, one for one; above, half of the films are doubled.
    let doubled = need.fps > 31.0 && random.random_bool(0.5);
    let rate = if doubled { need.fps } else { shot.rate };
    let there = ((shot.to_s - shot.from_s) * rate) as usize;
    let least = need.head + need.tail + (LEAST_SOLO_S * need.fps) as usize;
    if there < least {
        return None;
    }
    need.solo = need.solo.min(there - need.head - need.tail);
    let from_s = within(&shot, need.all() as f32 / rate, random)?;
    Some(Subject::Film { shot, from_s, doubled, framing })
}

/// A subject that resembles that of `scene`, though the step cannot pass for a
/// movement.
fn resembling(scene: &Scene, need: &mut Need, footage: &Footage, random: &mut ChaCha8Rng) -> Option<Subject> {
    match &scene.subject {
        Subject::Film { shot, framing, .. } => {
            let kin: Vec<RealShot> =
                footage.shots.iter().filter(|other| other.family == shot.family).copied().collect();
            let other = any(&kin, random);
            // Another person in front of the same wall, or another size of the same.
            let nearer = Framing {
                kept: if framing.kept > 0.8 { random.random_range(0.5..0.72) } else { 1.0 },
                x: random.random_range(0.2..0.8),
                y: random.random_range(0.1..0.6),
                mirrored: framing.mirrored,
            };
            let somebody_else = other.family == "asl" && other.file != shot.file;
            film(other, if somebody_else { *framing } else { nearer }, need, random)
        }
        // The camera begins elsewhere in the same place.
        same => Some(same.clone()),
    }
}

fn any(shots: &[RealShot], random: &mut ChaCha8Rng) -> RealShot {
    shots[random.random_range(0..shots.len())]
}

/// A random start with `length_s` left in the shot.
fn within(shot: &RealShot, length_s: f32, random: &mut ChaCha8Rng) -> Option<f32> {
    let room = shot.to_s - shot.from_s - length_s;
    (room >= 0.0).then(|| shot.from_s + room * random.random::<f32>())
}

fn any_framing(random: &mut ChaCha8Rng) -> Framing {
    if random.random_bool(0.6) {
        return Framing { mirrored: random.random_bool(0.3), ..Framing::WHOLE };
    }
    Framing {
        kept: random.random_range(0.6..1.0),
        x: random.random_range(0.2..0.8),
        y: random.random_range(0.2..0.8),
        mirrored: random.random_bool(0.5),
    }
}

fn made(random: &mut ChaCha8Rng) -> String {
    let seed: u32 = random.random_range(0..1 << 30);
    match random.random_range(0..10) {
        0..4 => format!(
            "gradients=s=SIZE:r=RATE:speed={:.3}:nb_colors={}:seed={seed}",
            random.random_range(0.01..0.06),
            random.random_range(3..8)
        ),
        4..7 => {
            let (x, y) = PLACES[random.random_range(0..PLACES.len())];
            format!(
                "mandelbrot=s=320x180:rate=RATE:maxiter=300:start_x={x}:start_y={y}:\
                 start_scale={:.4}:end_scale={:.6}:end_pts={},hue=h={}",
                random.random_range(0.02..0.6),
                random.random_range(0.0005..0.01),
                random.random_range(200..600),
                seed % 360
            )
        }
        7 => format!(
            "cellauto=s=80x45:r=RATE:rule=18:seed={seed}:scroll=1,tmix=frames=6,\
             trim=start_frame=8,setpts=PTS-STARTPTS,eq=contrast=0.4"
        ),
        8 => format!(
            "life=s=320x180:r=RATE:mold=60:ratio=0.08:seed={seed}:life_color=#C0E0A0:\
             death_color=#304878:mold_color=#203050,trim=start=4,setpts=PTS-STARTPTS"
        ),
        _ => format!("testsrc2=s=SIZE:r=RATE,hue=h={}", seed % 360),
    }
}

fn camera(still: bool, by_hand: bool, whips: bool, need: Need, random: &mut ChaCha8Rng) -> Camera {
    let start = if still {
        Pose {
            x: random.random_range(340.0..world::WIDTH as f32 - 340.0),
            y: random.random_range(190.0..world::HEIGHT as f32 - 190.0),
            scale: random.random_range(0.6..1.1),
            angle: random.random_range(-0.05..0.05),
        }
    } else {
        Pose { x: WIDE.0 as f32 / 2.0, y: WIDE.1 as f32 / 2.0, scale: 1.05, angle: 0.0 }
    };
    let mut camera = Camera::still(start);
    camera.phase = random.random_range(0.0..60.0);
    if by_hand {
        camera.shake = random.random_range(4.0..if still { 30.0 } else { 18.0 });
    }
    if still {
        camera.drift = (
            random.random_range(-90.0..90.0),
            random.random_range(-30.0..30.0),
            random.random_range(-0.08..0.08),
        );
    }
    let mut after = 0;
    while whips && let Some(at) = moment(need, true, random) {
        after += 1;
        let (reach, zoom) = if random.random_bool(0.7) {
            let reach: f32 = random.random_range(250.0..800.0);
            (if random.random_bool(0.5) { reach } else { -reach }, 1.0)
        } else {
            (0.0, if random.random_bool(0.5) { 0.45 } else { 2.0 })
        };
        camera.moves.push(Move {
            at,
            length: (random.random_range(0.15..0.6) * need.fps) as usize + 2,
            dx: reach,
            dy: reach * random.random_range(-0.3..0.3),
            zoom,
        });
        if after >= 2 {
            break;
        }
    }
    camera
}

/// A frame within the solo time, away from both ends, if there is room.
fn moment(need: Need, wanted: bool, random: &mut ChaCha8Rng) -> Option<usize> {
    let margin = (MARGIN_S * need.fps) as usize;
    let room = need.solo.saturating_sub(2 * margin);
    (wanted && room > margin).then(|| need.head + margin + random.random_range(0..room - margin / 2))
}

fn flashes(at: usize, need: Need, random: &mut ChaCha8Rng) -> Vec<Flash> {
    let last = need.head + need.solo - (MARGIN_S * need.fps) as usize / 2;
    let white = random.random_bool(0.5);
    let pictures = |seconds: f32| ((seconds * need.fps).round() as usize).max(1);
    let (name, strengths) = match random.random_range(0..4) {
        0 => ("lightning", vec![1.0, 0.3, 0.9, 0.6, 0.4, 0.25, 0.1]),
        1 => {
            let period = random.random_range(2..5);
            let length = pictures(random.random_range(0.4..1.2));
            ("strobe", (0..length).map(|n| if n % period == 0 { 1.0 } else { 0.0 }).collect())
        }
        _ => ("flash", vec![random.random_range(0.7..1.0); random.random_range(1..4)]),
    };
    let room = last.saturating_sub(at);
    let strengths: Vec<f32> = strengths.into_iter().take(room).collect();
    vec![Flash { at, strengths, white, name }]
}
