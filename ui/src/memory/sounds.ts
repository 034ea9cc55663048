/** Silence in place of the sound of footage. */

/** The lowest rate that every browser plays, with one byte a sample. */
const RATE_HZ = 8_000;
const HEADER_BYTES = 44;
/** Three samples of silence, each 128, in base64. */
const THREE_SAMPLES = 'gICA';

/** A WAV file of silence, as an address. */
export function silence(duration_us: number): string {
  // The header and one sample are a multiple of three bytes, so base64 needs no padding.
  const threes = Math.ceil((duration_us * RATE_HZ) / 1e6 / 3);
  const samples = 3 * threes + 1;
  const header = new DataView(new ArrayBuffer(HEADER_BYTES + 1));
  const word = (at: number, text: string) =>
    [...text].forEach((letter, index) => header.setUint8(at + index, letter.charCodeAt(0)));
  word(0, 'RIFF');
  header.setUint32(4, HEADER_BYTES - 8 + samples, true);
  word(8, 'WAVEfmt ');
  header.setUint32(16, 16, true);
  // PCM with one channel.
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, RATE_HZ, true);
  header.setUint32(28, RATE_HZ, true);
  header.setUint16(32, 1, true);
  header.setUint16(34, 8, true);
  word(36, 'data');
  header.setUint32(40, samples, true);
  header.setUint8(HEADER_BYTES, 128);
  const head = btoa(String.fromCharCode(...new Uint8Array(header.buffer)));
  return `data:audio/wav;base64,${head}${THREE_SAMPLES.repeat(threes)}`;
}
