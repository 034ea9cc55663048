//! Generated sample footage, so that newcomers without a video at hand can try the
//! application, and the main workflow can be demonstrated on any machine.

use std::path::{Path, PathBuf};

use rushes_model::notice::Activity;

use crate::{
    error::MediaError,
    ffmpeg::{
        args::file_url,
        run::{self, RunContext},
        toolchain::Toolchain,
    },
    files::publish::Draft,
};

/// Frames per second of the films.
const RATE: u32 = 25;

/// One scene of a film.
struct Scene {
    /// The `lavfi` source, without size and rate.
    picture: &'static str,
    /// Filters applied to it.
    look: &'static str,
    /// The sound, as an `aevalsrc` expression; empty for silence.
    sound: &'static str,
    seconds: u32,
}

struct Film {
    name: &'static str,
    scenes: &'static [Scene],
}

/// Two films, 26 and 22 seconds long, named by their purpose.
const FILMS: [Film; 2] = [
    Film {
        name: "Sample - Northern colours.mp4",
        scenes: &[
            Scene {
                picture: "gradients=c0=0x0b1d51:c1=0x725ac1:c2=0x8d86c9:c3=0xcac4ce:n=4:speed=0.02:seed=11",
                look: "hue=h=20*sin(t)",
                sound: "0.2*sin(220*2*PI*t)*(0.6+0.4*sin(2*PI*t))",
                seconds: 4,
            },
            Scene {
                picture: "mandelbrot=start_scale=0.6:end_scale=0.05:end_pts=200",
                look: "hue=h=190:s=1.3",
                sound: "0.25*sin((200+60*t)*2*PI*t)",
                seconds: 6,
            },
            Scene {
                picture: "life=ratio=0.2:mold=12:life_color=#ffd166:death_color=#06283d:mold_color=#118ab2:seed=5",
                look: "null",
                sound: "",
                seconds: 4,
            },
            Scene {
                picture: "gradients=c0=0xff6b35:c1=0xf7c59f:c2=0x004e89:c3=0x1a659e:n=4:speed=0.06:type=radial:seed=3",
                look: "rotate=0.3*sin(t):c=0x004e89",
                sound: "0.3*sin(330*2*PI*t)*exp(-2*mod(t\\,1))",
                seconds: 5,
            },
            Scene {
                picture: "cellauto=rule=110:random_seed=8:full=1",
                look: "curves=preset=vintage,hue=h=60*t",
                sound: "0.15*(random(0)-0.5)*(1+sin(3*t))",
                seconds: 4,
            },
            Scene {
                picture: "testsrc2",
                look: "hue=s=0.9",
                sound: "0.2*sin(440*2*PI*t)*gt(mod(t\\,1)\\,0.5)",
                seconds: 3,
            },
        ],
    },
    Film {
        name: "Sample - Warm evening.mp4",
        scenes: &[
            Scene {
                picture: "gradients=c0=0xef476f:c1=0xffd166:c2=0x7b2d26:c3=0xf4a261:n=4:speed=0.03:seed=21",
                look: "null",
                sound: "0.25*sin(262*2*PI*t)*exp(-1.5*mod(t\\,0.75))",
                seconds: 5,
            },
            Scene {
                picture: "life=ratio=0.35:mold=25:life_color=#f72585:death_color=#10002b:mold_color=#7209b7:seed=9",
                look: "null",
                sound: "0.25*sin(196*2*PI*t)*(0.5+0.5*sin(4*PI*t))",
                seconds: 5,
            },
            Scene {
                picture: "mandelbrot=start_scale=0.02:end_scale=0.001:start_x=-0.7436:start_y=-0.1318:end_pts=200",
                look: "hue=h=320:s=1.2",
                sound: "",
                seconds: 5,
            },
            Scene {
                picture: "gradients=c0=0x2a9d8f:c1=0xe9c46a:c2=0xe76f51:c3=0x264653:n=4:speed=0.08:type=spiral:seed=2",
                look: "null",
                sound: "0.3*sin(294*2*PI*t)*exp(-3*mod(t\\,0.5))",
                seconds: 4,
            },
            Scene {
                picture: "testsrc2",
                look: "hue=h=140,vignette",
                sound: "0.2*sin(523*2*PI*t)*gt(sin(6*t)\\,0)",
                seconds: 3,
            },
        ],
    },
];

/// Makes the sample films in `dir`, which is created if missing, and returns their
/// paths. Existing films are kept.
///
/// # Errors
/// [`MediaError`]; incomplete films are not left behind.
pub async fn make_sample_footage(
    tools: &Toolchain,
    dir: &Path,
    ctx: &RunContext,
) -> Result<Vec<PathBuf>, MediaError> {
    let total_us: i64 = FILMS.iter().map(length_us).sum();
    let mut done_us = 0;
    let mut paths = Vec::new();
    for film in &FILMS {
        let destination = dir.join(film.name);
        let next_us = done_us + length_us(film);
        if !destination.exists() {
            let stage = ctx.stage(done_us * 1000 / total_us, next_us * 1000 / total_us, total_us);
            make(tools, film, &destination, &stage).await?;
        }
        done_us = next_us;
        paths.push(destination);
    }
    Ok(paths)
}

async fn make(
    tools: &Toolchain,
    film: &Film,
    destination: &Path,
    ctx: &RunContext,
) -> Result<(), MediaError> {
    let draft = Draft::beside(destination, ".mp4")?;
    let mut graph = String::new();
    for (index, scene) in film.scenes.iter().enumerate() {
        let Scene { picture, look, sound, seconds } = scene;
        // Drawn small and enlarged: these generators are slow, and soft shapes lose
        // nothing.
        let separator = if picture.contains('=') { ":" } else { "=" };
        graph.push_str(&format!(
            "{picture}{separator}s=640x360:r={RATE},trim=duration={seconds},setpts=PTS-STARTPTS,\
             format=yuv420p,{look},scale=1280:720:flags=bicubic,setsar=1,format=yuv420p[v{index}];"
        ));
        let sound = if sound.is_empty() { "0" } else { sound };
        graph.push_str(&format!(
            "aevalsrc=exprs={sound}:s=48000:d={seconds},aformat=channel_layouts=stereo[a{index}];"
        ));
    }
    let streams: String = (0..film.scenes.len()).map(|i| format!("[v{i}][a{i}]")).collect();
    graph.push_str(&format!("{streams}concat=n={}:v=1:a=1[v][a]", film.scenes.len()));
    let mut command = run::ffmpeg(tools);
    command.filter_complex(graph).args(["-map", "[v]", "-map", "[a]"]);
    command.args(["-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-g", "50"]);
    command.args(["-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k"]);
    command.args(["-movflags", "+faststart", "-f", "mp4"]).arg(file_url(draft.path()));
    run::run(tools, Activity::MakingSample, command, length_us(film), ctx).await?;
    draft.publish(destination).await
}

fn length_us(film: &Film) -> i64 {
    film.scenes.iter().map(|scene| i64::from(scene.seconds) * 1_000_000).sum()
}
