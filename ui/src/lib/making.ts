/**
 * What making clips will roughly take, and how many there can be. Rough on
 * purpose: a number to decide by, before the machine has measured itself.
 */
import type { Source } from '../platform/bindings';
import { SECOND_US } from './time';

/** Pixels that one core decodes and looks at in a second, for H.264 on a plain laptop. */
const PIXELS_PER_CORE_S = 120_000_000;
/** Decoders gain little from more. */
const CORES_MAX = 8;
/** Seconds of a clip for viewing that one core writes in a second. */
const CUT_SPEED_PER_CORE = 1.5;
/** Opening files, thumbnails and filmstrips of one clip. */
const CLIP_OVERHEAD_S = 0.8;

const cores = (count: number) => Math.min(Math.max(1, count), CORES_MAX);

/** Seconds to look through sources that were never looked through. */
export function analysisSeconds(sources: readonly Source[], coreCount: number): number {
  const pixels = sources.reduce((sum, { facts }) => {
    const { width, height, frame_rate_milli } = facts.video;
    return sum + width * height * (frame_rate_milli / 1000) * (facts.duration_us / SECOND_US);
  }, 0);
  return pixels / (PIXELS_PER_CORE_S * cores(coreCount));
}

/** Seconds to cut a number of clips. */
export function cuttingSeconds(count: number, each_us: number, coreCount: number): number {
  const seconds = each_us / SECOND_US / (CUT_SPEED_PER_CORE * cores(coreCount));
  return count * (seconds + CLIP_OVERHEAD_S);
}

/** Clips made at once share no footage: at most so many of this length fit into so much of it. */
export function mostClips(footage_us: number, each_us: number): number {
  // A clip may come out a quarter shorter than asked for.
  return each_us > 0 ? Math.max(footage_us > 0 ? 1 : 0, Math.floor(footage_us / (each_us * 0.75))) : 0;
}
