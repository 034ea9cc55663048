//! How footage is opened: by a format that holds footage, and after the probe by
//! that one format alone.
//!
//! ffmpeg looks into a file to tell its format, whatever its name, and some
//! formats are lists that make it open other files, devices or addresses. A file
//! that is swapped for a list after it was added must not be followed, nor may a
//! list name another list.

use std::path::Path;

use ffmpeg_sidecar::command::FfmpegCommand;
use rushes_model::facts::{SourceFacts, VideoFacts};

use super::args::file_url;

/// Adds what the decoder of an input has to be told; belongs before its `-i`.
pub(crate) fn add_decoding(command: &mut FfmpegCommand, video: &VideoFacts) {
    if let Some(build) = video.x264_build {
        command.args(["-x264_build", &build.to_string()]);
    }
    // ffmpeg's own decoders of VP8 and VP9 leave transparency out.
    let decoder = match video.codec.as_str() {
        "vp8" => "libvpx",
        "vp9" => "libvpx-vp9",
        _ => return,
    };
    if video.alpha {
        command.args(["-c:v", decoder]);
    }
}

/// Formats that a dropped file may have, by their names in ffmpeg. All that they
/// read is the file itself. Those of sound and stills are here to be refused by
/// their own reason.
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

/// Most pixels of a picture: 8192 × 8192, above every camera that ffmpeg reads.
/// Each picture of 12 000 × 12 000 takes 216 MB, and a decoder holds several.
const MOST_PIXELS: &str = "67108864";

/// What every input is opened with. A file may say one size and hold another, and
/// ffmpeg decodes the first pictures of what it opens, also where only the sound is
/// wanted.
fn opening(formats: &str, more: &[&str]) -> Vec<String> {
    let bounds = ["-protocol_whitelist", "file", "-format_whitelist", formats, "-max_pixels", MOST_PIXELS];
    bounds.iter().chain(more).map(|option| (*option).to_owned()).collect()
}

/// Options for a file of which nothing is known yet.
pub(crate) fn unknown() -> Vec<String> {
    opening(&FORMATS.join(","), &[])
}

/// Options for a file whose container a probe told: it is opened as that.
pub(crate) fn known(container: &str) -> Vec<String> {
    let format = format_of(container);
    opening(format, &["-f", format])
}

/// Options for a list that we wrote ourselves, of files of this container in its
/// own folder.
pub(crate) fn own_list(container: &str) -> Vec<String> {
    opening(&format!("concat,{}", format_of(container)), &["-f", "concat", "-safe", "1"])
}

/// One name of a demuxer, which has several and answers to each.
fn format_of(container: &str) -> &str {
    container.split(',').next().unwrap_or_default()
}

/// Adds a source as an input. Options that belong to it, such as a seek, stand
/// before.
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
