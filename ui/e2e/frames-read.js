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
