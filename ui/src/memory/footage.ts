/** Rows as made from real footage: sources with plausible facts, clips with scores, finals. */
import type { CaptionStyle, ClipOrigin, Cut, Export, ScoreParts } from '../platform/bindings';
import { chance, seedOf } from './chance';
import { type ClipRow, editOf, type Library, type SourceRow } from './library';
import { PRESETS } from './presets';
import type { World } from './world';

const US = 1_000_000;

export const PLAIN_STYLE: CaptionStyle = {
  font: 'Inter',
  size_permille: 42,
  colour: '#FFFFFF',
  outline_colour: '#000000',
  outline_permille: 3,
  position: 'bottom',
  margin_permille: 360,
  bold: true,
};

export const nameOf = (path: string) => path.split(/[\\/]/).at(-1) ?? path;
export const stemOf = (name: string) => name.replace(/\.[^.]*$/, '');

export function addSource(world: World, library: Library, project: string, path: string): SourceRow {
  const name = nameOf(path);
  const random = chance(seedOf(path));
  const phone = /^IMG_/.test(name);
  const drone = /^DJI_/.test(name);
  const large = random() < 0.6;
  const drawn = Math.round((40 + random() * 500) * US);
  const duration_us = /two hours/.test(name) ? 7_200 * US : drawn;
  const row: SourceRow = {
    id: world.id('source'),
    project_id: project,
    name,
    path,
    facts: {
      duration_us,
      size_bytes: Math.round((duration_us / US) * (large ? 12_500_000 : 6_200_000)),
      container: /\.mov$/i.test(name) ? 'mov' : 'mp4',
      video: {
        stream_index: 0,
        codec: large ? 'hevc' : 'h264',
        pixel_format: phone ? 'yuv420p10le' : 'yuv420p',
        width: phone ? 1080 : large ? 3840 : 1920,
        height: phone ? 1920 : large ? 2160 : 1080,
        coded_width: large ? 3840 : 1920,
        coded_height: large ? 2160 : 1080,
        rotation_deg: phone ? 90 : 0,
        frame_rate_milli: phone ? 29_970 : drone ? 59_940 : 25_000,
        variable_frame_rate: phone,
        hdr: phone,
        transfer: phone ? 'arib-std-b67' : 'bt709',
      },
      audio: drone
        ? []
        : // A camera records the ambience beside the microphone.
          Array.from({ length: phone ? 1 : 2 }, (_, index) => ({
            stream_index: index + 1,
            codec: phone ? 'aac' : 'pcm_s24le',
            sample_rate_hz: 48_000,
            channels: 2,
            layout: 'stereo',
            title: null,
            is_default: index === 0,
            heard: 'sound',
            used: index === 0,
          })),
      start_us: 0,
    },
    state: 'ready',
    fingerprint: seedOf(name).toString(16),
    added_at_ms: world.now(),
    copied: false,
    plays_from_us: 0,
    removed: false,
  };
  library.sources.set(row.id, row);
  return row;
}

function scores(random: () => number): ScoreParts {
  const part = () => Math.round((0.25 + random() * 0.75) * 10_000);
  const [motion_bp, sharpness_bp, colour_bp, loudness_bp, novelty_bp] = [
    part(),
    part(),
    part(),
    part(),
    part(),
  ];
  const speech_bp = 2_000 + ((loudness_bp * 3 + colour_bp) % 8_000);
  const pace_bp = 1_000 + ((motion_bp * 7 + novelty_bp) % 9_000);
  return { motion_bp, sharpness_bp, colour_bp, loudness_bp, speech_bp, novelty_bp, pace_bp };
}

export function addClip(
  world: World,
  library: Library,
  project: string,
  source: SourceRow | undefined,
  number: number,
  random: () => number,
  more: {
    origin?: ClipOrigin;
    length_us?: number;
    provisional?: boolean;
    cuts?: Cut[];
  } = {},
): ClipRow {
  const id = world.id('clip');
  const origin = more.origin ?? 'highlight';
  const parts = scores(random);
  const length = more.length_us ?? Math.round((4 + random() * 22) * US);
  const whole = source?.facts.duration_us ?? 60 * US;
  const from = Math.round(random() * Math.max(0, whole - length));
  const single = source
    ? [{ source_id: source.id, in_us: from, out_us: Math.min(whole, from + length) }]
    : [];
  const cuts = more.cuts ?? single;
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  const row: ClipRow = {
    clip: {
      id,
      project_id: project,
      project_name: library.project(project).name,
      name: `${origin === 'segments' ? 'Variant' : origin === 'montage' ? 'Montage' : 'Highlight'} ${number}`,
      variant_number: number,
      origin,
      cuts,
      duration_us: cuts.reduce((total, cut) => total + cut.out_us - cut.in_us, 0) || length,
      flag: 'unflagged',
      rating: 0,
      tags: [],
      muted: false,
      score_bp: Math.round(sum / Object.keys(parts).length),
      score_parts: origin === 'segments' ? null : parts,
      provisional: more.provisional ?? false,
      has_file: false,
      final_status: 'none',
      revision: 1,
      changes: 0,
      deleted_at_ms: null,
      created_at_ms: world.now(),
      updated_at_ms: world.now(),
    },
    framing: { mode: 'fill', centre_x_bp: 5_000, centre_y_bp: 5_000 },
    content: { script: '', captions: [], style: { ...PLAIN_STYLE } },
  };
  library.clips.set(id, row);
  return row;
}

/** The file name of a final, without characters that file systems refuse. */
export function finalName(clip: string, preset: string): string {
  const found = PRESETS.find(({ key }) => key === preset);
  const shown = clip.replaceAll(':', '.').replace(/[\\/*?"<>|]/g, ' ');
  const [stem, of] = [shown, (found?.name ?? preset).replaceAll(':', 'x')];
  return `${stem} - ${of}.${found?.spec.container ?? 'mp4'}`;
}

export function finalBytes(duration_us: number, preset: string): number {
  const video = PRESETS.find(({ key }) => key === preset)?.spec.video;
  const kbps = video?.codec === 'h264' ? video.max_kbps * 0.55 : video?.codec === 'copy' ? 50_000 : 180_000;
  return Math.round((duration_us / US) * (kbps + 192) * 125);
}

export function addExport(
  world: World,
  library: Library,
  row: ClipRow,
  preset: string,
  job: string,
  at: number,
  folder = '/home/ana/Videos/Rushes',
): Export {
  const found = PRESETS.find(({ key }) => key === preset);
  const { clip } = row;
  const file_name = finalName(clip.name, preset);
  const source = library.sources.get(clip.cuts[0]?.source_id ?? '');
  const result: Export = {
    id: world.id('export'),
    clip_id: clip.id,
    project_id: clip.project_id,
    clip_name: clip.name,
    preset,
    file_name,
    path: `${folder}/${file_name}`,
    size_bytes: finalBytes(clip.duration_us, preset),
    duration_us: clip.duration_us,
    width: found?.spec.frame?.width ?? source?.facts.video.width ?? 1920,
    height: found?.spec.frame?.height ?? source?.facts.video.height ?? 1080,
    job_id: job,
    created_at_ms: at,
    stale: false,
  };
  library.exports.set(result.id, result);
  library.rendered.set(result.id, editOf(row));
  library.settleFinal(clip);
  return result;
}
