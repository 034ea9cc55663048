//! How footage is opened: only as a known footage format, and after the probe only as
//! the format that was found.
//!
//! ffmpeg detects a file's format from its contents, whatever its name, and some
//! formats are playlists that make it open other files, devices or URLs. A file that is
//! replaced by a playlist after it was added must not be followed, and a playlist must
//! not refer to another one.

use std::path::Path;

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::facts::{SourceFacts, VideoFacts};

use super::args::file_url;

/// Adds decoder options for an input; call it before the `-i`.
pub(crate) fn add_decoding(command: &mut FfmpegCommand, video: &VideoFacts) {
    if let Some(build) = video.x264_build {
        command.args(["-x264_build", &build.to_string()]);
    }
    // ffmpeg's own VP8 and VP9 decoders drop transparency.
    let decoder = match video.codec.as_str() {
        "vp8" => "libvpx",
        "vp9" => "libvpx-vp9",
        _ => return,
    };
    if video.alpha {
        command.args(["-c:v", decoder]);
    }
}

/// Allowed formats for a dropped file, by their names in ffmpeg. They read nothing but
/// the file itself. Sound and stills are included so that they can be rejected with a
/// specific reason.
const FORMATS: [&str; 3] = [
    // Footage.
    "mov,matroska,avi,mxf,mpegts,mpeg,asf,asf_o,flv,live_flv,kux,ogg,nut,rm,ivr,ivf,obu,av1,h264,hevc,evc,vvc,\
     h261,h263,m4v,mpegvideo,cavsvideo,avs,avs2,avs3,dirac,dnxhd,vc1,vc1test,mjpeg,mjpeg_2000,smjpeg,mpjpeg,dv,\
     gxf,lxf,wtv,nsv,nuv,pva,pmp,psp,r3d,yuv4mpegpipe,gif,apng,jpegxl_anim,swf,ifv,dhav,dxa,ea,ea_cdata,roq,\
     bink,smk,thp,film_cpk,4xm,mlv,mtv,mv,mvi,vivo,wc3movie,xmv,idcin,flic,filmstrip,ipmovie,cine,ser,ty,rpl,\
     lmlm4,moflex,mods,cdxl,bfi,bethsoftvid,bmv,c93,dfa,dsicin,gdv,hnm,iv8,jv,mm,mxg,nc,paf,psxstr,rl2,sdr2,\
     siff,sga,smush,tiertexseq,tmv,vividas,vmd,wsvqa,xa,yop",
    // Sound.
    "wav,w64,mp3,aac,ac3,ac4,eac3,flac,aiff,au,caf,amr,amrnb,amrwb,ape,dts,dtshd,truehd,mlp,tta,wv,voc,mpc,\
     mpc8,tak,dsf,iff,loas,gsm,oma,aa,aax,qcp,sox,shn,act,aea,avr,daud,dss,ircam,mca,nistsphere,pvf,rso,sds,\
     sln,tedcaptions,vqf,wsaud,xwma",
    // Stills.
    "bmp_pipe,cri_pipe,dds_pipe,dpx_pipe,exr_pipe,gem_pipe,gif_pipe,hdr_pipe,j2k_pipe,jpeg_pipe,jpegls_pipe,\
     jpegxl_pipe,jpegxs_pipe,pam_pipe,pbm_pipe,pcx_pipe,pfm_pipe,pgm_pipe,pgmyuv_pipe,pgx_pipe,phm_pipe,\
     photocd_pipe,pictor_pipe,png_pipe,ppm_pipe,psd_pipe,qdraw_pipe,qoi_pipe,sgi_pipe,sunrast_pipe,svg_pipe,\
     tiff_pipe,vbn_pipe,webp_pipe,xbm_pipe,xpm_pipe,xwd_pipe,ico,fits",
];

/// Most pixels of a frame: 8192 × 8192, more than any camera that ffmpeg reads. A frame
/// of 12 000 × 12 000 takes 216 MB, and a decoder holds several.
const MOST_PIXELS: &str = "67108864";

/// Options for every input. A file may declare one size and contain another, and ffmpeg
/// decodes the first frames of everything it opens, even if only the sound is used.
fn opening(formats: &str, more: &[&str]) -> Vec<String> {
    let bounds = ["-protocol_whitelist", "file", "-format_whitelist", formats, "-max_pixels", MOST_PIXELS];
    bounds.iter().chain(more).map(|option| (*option).to_owned()).collect()
}

/// Options for a file that has not been probed yet.
pub(crate) fn unknown() -> Vec<String> {
    opening(&FORMATS.join(","), &[])
}

/// Options for a probed file, which is opened only as the format that was found.
pub(crate) fn known(container: &str) -> Vec<String> {
    let format = format_of(container);
    opening(format, &["-f", format])
}

/// Options for a list that we wrote ourselves, of files in this container in the list's
/// folder.
pub(crate) fn own_list(container: &str) -> Vec<String> {
    opening(&format!("concat,{}", format_of(container)), &["-f", "concat", "-safe", "1"])
}

/// The first of a demuxer's names; it answers to each of them.
fn format_of(container: &str) -> &str {
    container.split(',').next().unwrap_or_default()
}

/// Adds a source as an input. Its own options, such as a seek, must come before.
pub(crate) fn add_source(command: &mut FfmpegCommand, path: &Path, facts: &SourceFacts) {
    command.args(known(&facts.container));
    add_decoding(command, &facts.video);
    command.arg("-i").arg(file_url(path));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_opened_as_what_it_was_found_to_be() {
        let options = known("mov,mp4,m4a,3gp,3g2,mj2");
        assert_eq!(options[..4], ["-protocol_whitelist", "file", "-format_whitelist", "mov"]);
        assert_eq!(options[6..], ["-f", "mov"]);
    }

    #[test]
    fn no_format_that_may_be_dropped_reads_other_files() {
        let formats = FORMATS.join(",");
        let listed = |name: &str| formats.split(',').any(|format| format == name);
        let lists = [
            "hls",
            "concat",
            "dash",
            "imf",
            "image2",
            "sdp",
            "rtsp",
            "lavfi",
            "webm_dash_manifest",
            "avisynth",
        ];
        assert!(!lists.into_iter().any(listed));
        assert!(listed("mov") && listed("matroska") && listed("mpegts"));
        assert!(!formats.contains(' '));
    }
}
