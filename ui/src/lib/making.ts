/**
 * Estimates of how long making clips takes and how many are possible.
 * Deliberately rough: enough to decide by, without measuring the machine.
 */
import type { Source } from '../platform/bindings';
import { SECOND_US } from './time';

/** Pixels one core decodes and analyses per second, for H.264 on an average laptop. */
const PIXELS_PER_CORE_S = 120_000_000;
/** Decoders gain little from more cores. */
const CORES_MAX = 8;
/** Making the pictures of one clip. */
const PICTURES_S = 0.5;

const cores = (count: number) => Math.min(Math.max(1, count), CORES_MAX);

/** Seconds to analyse sources that were never analysed. */
export function analysisSeconds(sources: readonly Source[], coreCount: number): number {
  const pixels = sources.reduce((sum, { facts }) => {
    const { width, height, frame_rate_milli } = facts.video;
    return sum + width * height * (frame_rate_milli / 1000) * (facts.duration_us / SECOND_US);
  }, 0);
  return pixels / (PIXELS_PER_CORE_S * cores(coreCount));
}

/** Seconds to make the pictures of a number of clips. Their films are the footage itself. */
export function picturesSeconds(count: number): number {
  return count * PICTURES_S;
}

/**
 * Clips made together share no footage: the maximum number of clips of this
 * length from this much footage.
 */
export function mostClips(footage_us: number, each_us: number): number {
  // A clip may be a quarter shorter than requested.
  return each_us > 0 ? Math.max(footage_us > 0 ? 1 : 0, Math.floor(footage_us / (each_us * 0.75))) : 0;
}
