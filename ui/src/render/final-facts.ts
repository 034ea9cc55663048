/** A final in one line: preset, frame, length, size. */
import { formatBytes } from '../lib/format';
import { formatDuration } from '../lib/time';
import type { Export, ExportPreset } from '../platform';
import { presetName } from './preset-words';

/** A preset's name; its key until the presets are loaded. */
export function presetOf(presets: readonly ExportPreset[] | undefined, key: string): string {
  const preset = presets?.find((one) => one.key === key);
  return preset ? presetName(preset) : key;
}

export function finalFacts(final: Export, preset: string): string {
  return [
    preset,
    `${final.width}×${final.height}`,
    formatDuration(final.duration_us),
    formatBytes(final.size_bytes),
  ].join(' · ');
}
