import { afterEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '../paraglide/runtime';
import type { Notice } from '../platform';
import { failureWords, noticeWords } from './notices';
import samples from './notices.samples.json';

const notices = samples as unknown as readonly Notice[];

const speak = (language: 'en' | 'de') => overwriteGetLocale(() => language);

function words(language: 'en' | 'de'): string[] {
  speak(language);
  return notices.map((notice) => noticeWords(notice));
}

afterEach(() => speak('en'));

describe('what the editor is told', () => {
  it('has words in both languages for every notice, with nothing left to fill in', () => {
    expect(notices.length).toBeGreaterThan(250);
    for (const language of ['en', 'de'] as const) {
      for (const [at, text] of words(language).entries()) {
        expect(text, JSON.stringify(notices[at])).toMatch(/\S/);
        expect(text).not.toMatch(/[{}]|notice_|undefined|NaN/);
      }
    }
  });

  it('is not in English on a German page, but for sentences of older versions', () => {
    const [english, german] = [words('en'), words('de')];
    const same = notices.filter((_, at) => english[at] === german[at]);
    expect(same.map(({ code }) => code)).toEqual(['written']);
  });

  it('shows figures as the language writes them', () => {
    const missed: Notice = { code: 'loudness_missed', heard_mlufs: -16_320, target_mlufs: -14_000 };
    speak('de');
    expect(noticeWords(missed)).toBe('Der Ton hat -16,3 LUFS statt -14.');
    speak('en');
    expect(noticeWords({ code: 'files_left', count: 1_200 })).toContain('1,200 files could not be deleted.');
    expect(noticeWords({ code: 'ffmpeg_unsuitable', missing: ['libx264', 'ass'] })).toContain(
      'libx264 and ass',
    );
  });

  it('names the value that is refused, and the reason within a reason', () => {
    const rating: Notice = {
      code: 'invalid',
      field: 'rating',
      reason: { why: 'out_of_range', low: 0, high: 5 },
    };
    expect(noticeWords(rating)).toBe('“rating” is between 0 and 5.');
    const failed: Notice = {
      code: 'clips_failed',
      count: 1,
      reason: { code: 'source_missing', name: 'A.MP4' },
    };
    expect(noticeWords(failed)).toMatch(/^One of the clips could not be made: “A.MP4” is not where it was\./);
  });

  it('tells of a mistake of ours in the language of the page', () => {
    speak('de');
    expect(failureWords(new Error('x is undefined'))).toMatch(/^In Rushes ist etwas schiefgegangen\./);
  });
});
