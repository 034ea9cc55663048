/**
 * Reads which frame is on screen: footage whose frames carry their number as a
 * row of black and white squares, and a recorder in the page that reads them.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Squares: enough for an hour at 60 frames a second. */
const BITS = 18;
const SQUARE = 16;
const SIZE = { width: 640, height: 360 };

/** Makes footage whose frames carry their number from 0 on, and a tone of its own. */
export async function numbered(file, { seconds, rate = '25', gop = 250, tone = 440, more = [] }) {
  const row = `color=black:s=${BITS * SQUARE}x${SQUARE}:r=${rate}:d=${seconds},format=gray,geq=lum='255*mod(floor(N/pow(2,floor(X/${SQUARE}))),2)'`;
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=s=640x360:r=${rate}:d=${seconds}`],
    ...['-f', 'lavfi', '-i', row, '-f', 'lavfi', '-i', `sine=f=${tone}:d=${seconds}:r=48000`],
    ...['-filter_complex', '[0:v][1:v]overlay=0:0,format=yuv420p[v]', '-map', '[v]', '-map', '2:a'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(gop), '-keyint_min', String(gop)],
    ...['-sc_threshold', '0', '-c:a', 'aac', ...more, file],
  ]);
}

/**
 * Starts a recorder: `frames()` in the page returns what was on screen since, as
 * `{ at, number, piece, clip }`, `at` in milliseconds of the page's clock.
 */
export async function record(app) {
  await app.script(
    `const [bits, square, size] = arguments;
     const canvas = Object.assign(document.createElement('canvas'), { width: bits * square, height: square });
     const pen = canvas.getContext('2d', { willReadFrequently: true });
     const taken = [];
     window.numberOf = (video) => {
       const scale = video.videoWidth / size.width;
       // A video without a picture draws nothing.
       pen.clearRect(0, 0, canvas.width, canvas.height);
       pen.drawImage(video, 0, 0, bits * square * scale, square * scale, 0, 0, bits * square, square);
       const { data } = pen.getImageData(0, square / 2, bits * square, 1);
       if (data[3] === 0) return null;
       let number = 0;
       for (let bit = 0; bit < bits; bit += 1)
         if (data[(bit * square + square / 2) * 4] > 127) number += 2 ** bit;
       return number;
     };
     let last = '';
     const look = (now) => {
       const video = document.querySelector('video[data-shown="true"]');
       if (video && video.readyState >= 2 && !video.seeking) {
         const number = window.numberOf(video);
         // What lies beneath is seen while this one draws nothing.
         const beneath = document.querySelectorAll('video[data-shown="false"]:not(.invisible)');
         if (number === null && [...beneath].some((one) => window.numberOf(one) !== null)) return;
         const frame = { at: now, number, piece: Number(video.dataset.piece), clip: video.dataset.clip };
         const key = [frame.number, frame.piece, frame.clip].join();
         if (key !== last) taken.push(frame);
         last = key;
       }
     };
     // Read once the page is drawn: callbacks of a frame run before what they change is.
     const drawn = new MessageChannel();
     drawn.port1.onmessage = () => look(performance.now());
     requestAnimationFrame(function after() {
       drawn.port2.postMessage(null);
       requestAnimationFrame(after);
     });
     window.takenFrames = () => taken.splice(0);`,
    BITS,
    SQUARE,
    SIZE,
  );
}

export const taken = (app) => app.script('return window.takenFrames()');

/** The number of the frame on screen. */
export const shownNumber = (app) =>
  app.script(
    `const video = document.querySelector('video[data-shown="true"]');
     return video && video.readyState >= 2 && !video.seeking ? window.numberOf(video) : null`,
  );

/** Frames a second of footage. */
export const rateOf = ({ rate }) => {
  const [over, under = 1] = rate.split('/').map(Number);
  return over / under;
};

/**
 * What is wrong with each piece of a montage, in seconds: pictures from before
 * its first frame (`early`), first frames that are missing (`late`), pictures
 * beyond its last frame (`beyond`), last frames that are missing (`short`), and
 * how much longer than a frame the picture before it stood (`stood`); and how
 * often nothing was shown (`blank`). `pieces` are `[from, to, rate]` in frames.
 */
export function joins(frames, pieces) {
  return pieces.map(([from, to, rate], index) => {
    const all = frames.filter((frame) => frame.piece === index);
    const seen = all.filter((frame) => frame.number !== null);
    const blank = all.length - seen.length;
    const [first, last] = [seen[0], seen.at(-1)];
    if (!first) return { early: 0, late: Infinity, beyond: 0, short: Infinity, stood: Infinity, blank };
    const over = (count) => Math.max(0, count) / rate;
    const before = frames.findLast((frame) => frame.at < first.at && frame.piece === index - 1);
    return {
      early: over(from - first.number),
      // The first piece stood on its first frame already.
      late: index === 0 ? 0 : over(first.number - from),
      beyond: over(last.number - (to - 1)),
      short: over(to - 1 - last.number),
      stood: before ? Math.max(0, (first.at - before.at) / 1000 - 1 / pieces[index - 1][2]) : 0,
      blank,
    };
  });
}
