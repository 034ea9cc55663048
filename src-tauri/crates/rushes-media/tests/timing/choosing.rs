//! Of several video streams in a file, the right one is used as the footage.

use rstest::rstest;
use rushes_media::needs_proxy;

use crate::room::{Film, Room};

#[rstest]
#[case::default_comes_second("tv.mp4", &["-disposition:v:0", "0", "-disposition:v:1", "default"], (320, 180))]
#[case::small_one_is_the_default("pip.mkv", &["-disposition:v:0", "default", "-disposition:v:1", "0"], (80, 46))]
#[case::nothing_is_said("multi.ts", &[], (320, 180))]
#[tokio::test]
async fn the_default_is_the_footage_and_else_the_largest(
    #[case] name: &str,
    #[case] options: &[&str],
    #[case] size: (u32, u32),
) {
    let room = Room::open().await;
    let codecs = [
        &["-filter_complex", "[0]split[a][b];[a]scale=80:46,setsar=1[s];[b]scale=320:180[l]"][..],
        &["-map", "[s]", "-map", "[l]", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast"],
        &["-c:a", "mp2"],
        options,
    ];
    let film = Film::of(25, 2).make(&room, name, &codecs.concat());
    let facts = room.piece(&film).await.facts;
    assert_eq!((facts.video.width, facts.video.height), size);
    // A player may show the other one.
    assert!(facts.video.has_rivals && needs_proxy(&facts));
}

#[tokio::test]
async fn a_large_cover_is_not_the_footage() {
    let room = Room::open().await;
    let cover = room.make("cover.png", &["-f", "lavfi", "-i", "color=red:s=640x480", "-frames:v", "1"]);
    let film = Film::of(25, 2).make(&room, "film.mp4", &["-c:v", "libx264", "-c:a", "aac"]);
    let (film, cover) = (film.to_string_lossy().into_owned(), cover.to_string_lossy().into_owned());
    let maps = ["-map", "1:v", "-map", "0:v", "-map", "0:a", "-c", "copy"];
    let covered = [&["-i", &*film, "-i", &*cover][..], &maps, &["-disposition:v:0", "attached_pic"]];
    let covered = room.make("covered.mp4", &covered.concat());
    let facts = room.piece(&covered).await.facts;
    assert_eq!((facts.video.width, facts.video.codec.as_str()), (160, "h264"));
    assert!(!facts.video.has_rivals);
}

/// A multiplex of two programmes: the sound is that of the larger picture.
#[tokio::test]
async fn the_sound_is_that_of_the_programme() {
    let room = Room::open().await;
    let codecs = [
        &["-filter_complex", "[0]split[a][b];[a]scale=80:46,setsar=1[s];[b]scale=320:180[l]"][..],
        &["-map", "[s]", "-map", "1", "-map", "[l]", "-map", "1", "-c:v", "libx264", "-c:a", "mp2"],
        &["-program", "title=small:st=0:st=1", "-program", "title=large:st=2:st=3"],
    ];
    let film = Film::of(25, 2).make(&room, "multiplex.ts", &codecs.concat());
    let facts = room.piece(&film).await.facts;
    assert_eq!((facts.video.stream_index, facts.audio[0].stream_index), (2, 3));
}
