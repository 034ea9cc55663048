import { describe, expect, it } from 'vitest';
import type { SourceFacts } from '../platform';
import { codecName, pictureFacts, soundFacts } from './facts';

const facts = {
  video: {
    width: 1080,
    height: 1920,
    frame_rate_milli: 29_970,
    codec: 'hevc',
    hdr: true,
    variable_frame_rate: true,
  },
  audio: [
    { codec: 'aac', sample_rate_hz: 44_100, layout: 'stereo', heard: 'sound', used: true },
    { codec: 'aac', sample_rate_hz: 44_100, layout: '5.1', heard: 'silence', used: false },
  ],
} as SourceFacts;

describe('facts of a source', () => {
  it('tell the picture as it is seen', () => {
    expect(pictureFacts(facts)).toEqual(['1080×1920', '29.97 fps variable', 'H.265', 'HDR']);
  });

  it('tell the sound, where there is one', () => {
    expect(soundFacts(facts)).toEqual(['AAC', '44.1 kHz', 'stereo']);
    expect(soundFacts({ ...facts, audio: [] })).toEqual([]);
  });

  it.each([
    ['h264', 'H.264'],
    ['pcm_s24le', 'PCM'],
    ['ffv1', 'FFV1'],
  ])('call %s by its name', (codec, name) => {
    expect(codecName(codec)).toBe(name);
  });
});
