/** Frames of the real window, as an editor sees them: how many a second, and how late. */

/** What a frame may take at 60 a second, in milliseconds. */
const FRAME_MS = 1000 / 60;
/** What counts as a long task, as the W3C has it: https://www.w3.org/TR/longtasks/ */
const LONG_MS = 50;
/** The least share of the frames at rest that counts as smooth. */
const AIM = 0.95;

/** When each frame of some seconds came, in milliseconds. */
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
 * Prints frames a second as a screen of 60 shows them, and answers the rate. Several
 * frames within one of its own count once, or quick ones would make up for late ones.
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

/** Prints how a rate stands against that at rest. */
export function against(rest, rate, what) {
  const ratio = rate / rest;
  console.log(`  ${what}; ratio ${ratio.toFixed(2)}, aim ${AIM}: ${ratio >= AIM ? 'met' : 'missed'}`);
}
