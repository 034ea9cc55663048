/** Frames of the real window as the user sees them: how many per second, and how late. */

/** Duration of a frame at 60 fps, in milliseconds. */
const FRAME_MS = 1000 / 60;
/** Threshold of a long task according to the W3C: https://www.w3.org/TR/longtasks/ */
const LONG_MS = 50;
/** The smallest share of the idle frame rate that counts as smooth. */
const AIM = 0.95;

/** The times of all frames during some seconds, in milliseconds. */
export function framesOf(app, seconds) {
  return app.asynchronously(
    `const [seconds, done] = arguments;
     const times = [];
     const frame = (now) => {
       times.push(now);
       if (now - times[0] < seconds * 1000) requestAnimationFrame(frame);
       else done(times);
     };
     requestAnimationFrame(frame);`,
    seconds,
  );
}

/**
 * Prints the frames per second as a 60 Hz screen shows them, and returns the
 * rate. Several frames within one refresh count once, or quick ones would make
 * up for late ones.
 */
export function told(name, times) {
  const gaps = times.slice(1).map((time, at) => time - times[at]);
  gaps.sort((a, b) => a - b);
  const shown = new Set(times.map((time) => Math.floor((time - times[0]) / FRAME_MS)));
  const rate = (shown.size * 1000) / (times.at(-1) - times[0]);
  const long = gaps.filter((gap) => gap > LONG_MS).length;
  console.log(
    `  ${name.padEnd(20)} ${rate.toFixed(1)} frames a second, median ${gaps[Math.floor(gaps.length / 2)].toFixed(1)} ms, ` +
      `95 % within ${gaps[Math.floor(gaps.length * 0.95)].toFixed(1)} ms, ${long} gaps of more than ${LONG_MS} ms`,
  );
  return rate;
}

/** Prints a rate relative to the idle one. */
export function against(rest, rate, what) {
  const ratio = rate / rest;
  console.log(`  ${what}; ratio ${ratio.toFixed(2)}, aim ${AIM}: ${ratio >= AIM ? 'met' : 'missed'}`);
}
