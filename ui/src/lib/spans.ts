import { getLocale } from '../paraglide/runtime';

const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
  new Intl.NumberFormat(getLocale(), {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: name === 'hour' && value < 10 ? 1 : 0,
  }).format(value);

/** A sum of footage in the unit that says enough: “45 sec”, “12 min”, “3.4 hr”. */
export function formatHours(us: number): string {
  const seconds = us / 1_000_000;
  if (seconds < 60) return unit(seconds, 'second');
  if (seconds < 3600) return unit(seconds / 60, 'minute');
  return unit(seconds / 3600, 'hour');
}
