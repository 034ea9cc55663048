/** The details editors compare footage by. */
import { formatNumber, formatRate } from '../lib/format';
import { m } from '../paraglide/messages';
import type { AudioFacts, SourceFacts } from '../platform';

const CODECS: Record<string, string> = {
  h264: 'H.264',
  hevc: 'H.265',
  prores: 'ProRes',
  dnxhd: 'DNxHD',
  av1: 'AV1',
  vp9: 'VP9',
  vp8: 'VP8',
  mpeg2video: 'MPEG-2',
  mpeg4: 'MPEG-4',
  mjpeg: 'MJPEG',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  flac: 'FLAC',
  vorbis: 'Vorbis',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
};

/** The common name of a codec; ffmpeg's name if there is none. */
export function codecName(codec: string): string {
  return CODECS[codec] ?? (codec.startsWith('pcm_') ? 'PCM' : codec.toUpperCase());
}

/** Displayed size of the picture, after rotation and pixel aspect. */
function pictureSize({ video }: SourceFacts): string {
  return `${video.width}×${video.height}`;
}

export function pictureFacts(facts: SourceFacts): string[] {
  const { video } = facts;
  const rate = formatRate(video.frame_rate_milli);
  return [
    pictureSize(facts),
    video.variable_frame_rate ? m.source_rate_variable({ rate }) : m.source_rate({ rate }),
    codecName(video.codec),
    ...(video.hdr ? ['HDR'] : []),
  ];
}

/** The sound in use; empty if there is none. */
export function soundFacts({ audio }: SourceFacts): string[] {
  const used = audio.filter((track) => track.used);
  const [first] = used;
  if (!first) return [];
  if (used.length > 1) return [m.source_sound_mixed({ count: formatNumber(used.length) })];
  if (first.heard === 'silence') return [m.source_sound_unheard()];
  return [codecName(first.codec), `${formatNumber(first.sample_rate_hz / 1000, 1)} kHz`, first.layout];
}

/** The name of a sound track, by its position among the others. */
export function trackName(track: AudioFacts, index: number): string {
  const name = m.sound_track({ number: formatNumber(index + 1) });
  const heard = {
    sound: [],
    one_side: [m.sound_track_one_side()],
    silence: [m.sound_track_silent()],
  }[track.heard];
  return [name, ...(track.title ? [track.title] : []), track.layout, ...heard].join(' · ');
}
