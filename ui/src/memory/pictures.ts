/** Stills in place of footage: a sky, a light and two ridges, colour-graded. */
import type { FilmSheet } from '../platform/bindings';
import { chance, seedOf } from './chance';

/** Sky above, sky below, far ridge, near ridge, light. */
const GRADES = [
  ['#0f2a3d', '#e0905a', '#3a3340', '#15141b', '#ffd9a0'],
  ['#16324f', '#8fb6c9', '#3d5a6c', '#16242e', '#f4f1de'],
  ['#2b1b3d', '#c75c7a', '#4a2f55', '#1a1024', '#ffd0b0'],
  ['#0d3b3a', '#e6c88f', '#3f6b5a', '#12302b', '#fff3cf'],
  ['#1a1d2e', '#4f6d9b', '#2c3b59', '#10131f', '#cfe3ff'],
  ['#3b1f16', '#e2a25c', '#6e3d27', '#25130d', '#ffe6b8'],
  ['#20303a', '#b9c4b1', '#56695d', '#1d2823', '#f7f5e6'],
  ['#101828', '#d1495b', '#39304a', '#0e0d16', '#ffb4a2'],
  ['#25432f', '#d9d2a4', '#587a48', '#1d301f', '#fdfbe0'],
  ['#122b4a', '#f2b5a0', '#4a5a83', '#161d33', '#ffe9dc'],
] as const;

export interface Subject {
  id: string;
  width: number;
  height: number;
}

function scene(subject: Subject, at: number, width: number, height: number): string {
  const random = chance(seedOf(subject.id));
  const grade = GRADES[Math.floor(random() * GRADES.length)] ?? GRADES[0];
  const [above, below, far, near, light] = grade;
  const horizon = height * (0.5 + random() * 0.2);
  const sunX = width * (0.15 + ((random() + at * 0.5) % 1) * 0.7);
  const sunY = horizon - height * (0.05 + random() * 0.3);
  const radius = height * (0.05 + random() * 0.08);
  const ridge = (base: number, rough: number, shift: number) => {
    const points: string[] = [];
    const phase = random() * 6;
    for (let step = 0; step <= 12; step += 1) {
      const x = (width * step) / 12;
      const y =
        base + Math.sin(step * 0.9 + phase + shift) * rough + Math.sin(step * 2.3 + phase) * rough * 0.5;
      points.push(`${x.toFixed(0)},${y.toFixed(0)}`);
    }
    return `0,${height} ${points.join(' ')} ${width},${height}`;
  };
  return (
    `<rect width='${width}' height='${height}' fill='url(#s)'/>` +
    `<circle cx='${sunX.toFixed(0)}' cy='${sunY.toFixed(0)}' r='${(radius * 3).toFixed(0)}' fill='${light}' opacity='.12'/>` +
    `<circle cx='${sunX.toFixed(0)}' cy='${sunY.toFixed(0)}' r='${radius.toFixed(0)}' fill='${light}' opacity='.9'/>` +
    `<polygon points='${ridge(horizon, height * 0.05, at * 0.6)}' fill='${far}' opacity='.9'/>` +
    `<polygon points='${ridge(horizon + height * 0.16, height * 0.07, at * 1.4)}' fill='${near}'/>` +
    `<defs><linearGradient id='s' x1='0' y1='0' x2='0' y2='1'><stop offset='0' stop-color='${above}'/>` +
    `<stop offset='.75' stop-color='${below}'/></linearGradient></defs>`
  );
}

const address = (svg: string) => `data:image/svg+xml,${encodeURIComponent(svg)}`;

export function still(subject: Subject): string {
  const width = 320;
  const height = Math.round((width * subject.height) / subject.width);
  return address(
    `<svg xmlns='http://www.w3.org/2000/svg' width='${width}' height='${height}' viewBox='0 0 ${width} ${height}'>${scene(subject, 0, width, height)}</svg>`,
  );
}

/** Stills side by side, like the library's filmstrips. */
export function strip(subject: Subject, tiles: number): string {
  const height = 90;
  const width = Math.round((height * subject.width) / subject.height);
  const parts = Array.from(
    { length: tiles },
    (_, tile) =>
      `<svg x='${tile * width}' width='${width}' height='${height}'>${scene(
        subject,
        tile / tiles,
        width,
        height,
      )
        .replaceAll('url(#s)', `url(#s${tile})`)
        .replace("id='s'", `id='s${tile}'`)}</svg>`,
  );
  return address(
    `<svg xmlns='http://www.w3.org/2000/svg' width='${width * tiles}' height='${height}'>${parts.join('')}</svg>`,
  );
}

const sheets = new Map<string, string>();

/**
 * All frames of a film sheet in one image. Painted on a canvas, because an SVG
 * with so many elements would be slow.
 */
export function sheet(
  subject: Subject,
  { tiles, columns, rows, tile_width, tile_height }: FilmSheet,
): string {
  const known = sheets.get(subject.id);
  if (known !== undefined) return known;
  const canvas = document.createElement('canvas');
  canvas.width = columns * tile_width;
  canvas.height = rows * tile_height;
  const context = canvas.getContext('2d');
  if (!context) return strip(subject, tiles);
  const random = chance(seedOf(subject.id));
  for (let tile = 0; tile < tiles; tile += 1) {
    // A scene lasts a few frames, with the light and the ridges moving on.
    if (tile === 0 || random() < 0.3) {
      const [above, below, far, near, light] = GRADES[Math.floor(random() * GRADES.length)] ?? GRADES[0];
      scenery = { above, below, far, near, light, sun: 0.15 + random() * 0.6, ridge: random() * 6 };
    }
    const [x, y] = [(tile % columns) * tile_width, Math.floor(tile / columns) * tile_height];
    paint(context, x, y, tile_width, tile_height, tile);
  }
  const made = canvas.toDataURL('image/jpeg', 0.8);
  sheets.set(subject.id, made);
  return made;
}

let scenery = { above: '', below: '', far: '', near: '', light: '', sun: 0, ridge: 0 };

function paint(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  tile: number,
): void {
  const { above, below, far, near, light, sun, ridge } = scenery;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  const sky = context.createLinearGradient(0, y, 0, y + height * 0.75);
  sky.addColorStop(0, above);
  sky.addColorStop(1, below);
  context.fillStyle = sky;
  context.fillRect(x, y, width, height);
  context.fillStyle = light;
  context.beginPath();
  context.arc(x + width * (sun + (tile % 7) * 0.02), y + height * 0.4, height * 0.1, 0, 2 * Math.PI);
  context.fill();
  for (const [colour, base, rough] of [
    [far, 0.6, 0.06],
    [near, 0.78, 0.08],
  ] as const) {
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(x, y + height);
    for (let step = 0; step <= 12; step += 1) {
      const rise =
        Math.sin(step * 0.9 + ridge + tile * 0.05) * rough + Math.sin(step * 2.3 + ridge) * rough * 0.5;
      context.lineTo(x + (width * step) / 12, y + height * (base + rise));
    }
    context.lineTo(x + width, y + height);
    context.fill();
  }
  context.restore();
}
