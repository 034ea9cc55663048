import { afterEach, describe, expect, it } from 'vitest';
import { PRESETS } from '../memory/presets';
import { overwriteGetLocale } from '../paraglide/runtime';
import type { ExportPreset } from '../platform';
import { platformName, presetName, presetNotes } from './preset-words';

const speak = (language: 'en' | 'de') => overwriteGetLocale(() => language);

afterEach(() => speak('en'));

describe('the words of a preset', () => {
  it('are those of the library in English', () => {
    for (const preset of PRESETS) {
      expect([presetName(preset), presetNotes(preset)]).toEqual([preset.name, preset.notes]);
      expect(platformName(preset.platform)).toBe(preset.platform);
    }
  });

  it('are in German on a German page', () => {
    const notes = () => PRESETS.map(presetNotes);
    const english = notes();
    speak('de');
    expect(notes().filter((text, at) => text === english[at])).toEqual([]);
    expect(PRESETS.map(presetName)).toContain('Verlustfreier Schnitt');
    expect(platformName('Any feed')).toBe('Jeder Feed');
  });

  it('are what the library holds for a preset of the editor', () => {
    const own: ExportPreset = {
      ...(PRESETS[0] as ExportPreset),
      key: 'own',
      name: 'Beamer',
      notes: 'For the hall.',
    };
    speak('de');
    expect([presetName(own), presetNotes(own)]).toEqual(['Beamer', 'For the hall.']);
  });
});
