/** Numbers, sizes and dates formatted with Intl, in the language of the page. */
import { getLocale } from '../paraglide/runtime';
import { SECOND_US } from './time';

/**
 * Creating a formatter costs more than using it a hundred times, and queue rows
 * use several per frame.
 */
const made = new Map<string, Intl.NumberFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const locale = getLocale();
  const key = `${locale} ${Object.values(options).join(' ')}`;
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.NumberFormat(locale, options);
  made.set(key, fresh);
  return fresh;
}

export function formatNumber(value: number, digits = 0): string {
  return numbers({ maximumFractionDigits: digits }).format(value);
}

/** A list of names: “TikTok, Instagram Reels and YouTube Shorts”. */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(getLocale()).format(names);
}

export function formatPercent(bp: number): string {
  return numbers({ style: 'percent', maximumFractionDigits: 0 }).format(bp / 10_000);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size in decimal units, as platforms state their limits. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return numbers({
    style: 'unit',
    unit: UNITS[unit],
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && unit > 1 ? 1 : 0,
  }).format(value);
}

/** A frame rate in the usual notation: 25, 29.97, 59.94. */
export function formatRate(milli: number): string {
  return formatNumber(milli / 1000, 2);
}

const STEPS: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [90, 60, 'minute'],
  [36, 60, 'hour'],
  [14, 24, 'day'],
  [9, 7, 'week'],
  [18, 4.345, 'month'],
  [Infinity, 12, 'year'],
];

/** Relative time: “5 minutes ago”, “yesterday”. */
export function formatAge(thenMs: number, nowMs = Date.now()): string {
  const relative = new Intl.RelativeTimeFormat(getLocale(), { numeric: 'auto' });
  let value = (thenMs - nowMs) / 1000;
  if (Math.abs(value) < 60) return relative.format(0, 'second');
  for (const [limit, divisor, unit] of STEPS) {
    value /= divisor;
    if (Math.abs(value) < limit) return relative.format(Math.round(value), unit);
  }
  return relative.format(Math.round(value), 'year');
}

export function formatDate(ms: number): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
}

/** The local time of day, to the second. */
export function formatTime(ms: number): string {
  return new Intl.DateTimeFormat(getLocale(), { timeStyle: 'medium' }).format(ms);
}

export function formatDay(ms: number): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'full' }).format(ms);
}

function unitOf(value: number, unit: 'second' | 'minute' | 'hour', digits = 0): string {
  return numbers({
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** A rough waiting time in its largest unit: “40 sec”, “3 min”, “1 hr”. */
export function formatWait(seconds: number): string {
  const whole = (value: number) => Math.max(1, Math.round(value));
  if (seconds < 90) return unitOf(whole(seconds), 'second');
  if (seconds < 5400) return unitOf(whole(seconds / 60), 'minute');
  return unitOf(whole(seconds / 3600), 'hour');
}

/** A duration: “40 sec”, “1 min 34 sec”, “2 hr 5 min”. */
export function formatSpan(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const parts =
    whole < 3600
      ? [unitOf(Math.floor(whole / 60), 'minute'), unitOf(whole % 60, 'second')]
      : [unitOf(Math.floor(whole / 3600), 'hour'), unitOf(Math.floor((whole % 3600) / 60), 'minute')];
  return (whole < 60 ? parts.slice(1) : parts).join(' ');
}

/** A length to a tenth of a second: “12.5 sec”. */
export function formatSeconds(us: number): string {
  return unitOf(us / SECOND_US, 'second', 1);
}

/** A total length of footage in a suitable unit: “45 sec”, “12 min”, “3.4 hr”. */
export function formatHours(us: number): string {
  const seconds = us / SECOND_US;
  if (seconds < 60) return unitOf(seconds, 'second');
  if (seconds < 3600) return unitOf(seconds / 60, 'minute');
  const hours = seconds / 3600;
  return unitOf(hours, 'hour', hours < 10 ? 1 : 0);
}
