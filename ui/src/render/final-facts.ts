/** A final in one line: preset, frame, length, size. */
import { formatBytes } from '../lib/format';
import { formatDuration } from '../lib/time';
import type { Export, ExportPreset } from '../platform';

/** A preset's name; its key until the presets are loaded. */
export function presetName(presets: readonly ExportPreset[] | undefined, key: string): string {
  return presets?.find((preset) => preset.key === key)?.name ?? key;
}

export function finalFacts(final: Export, preset: string): string {
  return [
    preset,
    `${final.width}×${final.height}`,
    formatDuration(final.duration_us),
    formatBytes(final.size_bytes),
  ].join(' · ');
}
