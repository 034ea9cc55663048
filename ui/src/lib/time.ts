/** Times of footage: conversion between integer microseconds and text. */

export const SECOND_US = 1_000_000;

const two = (n: number) => String(n).padStart(2, '0');

/** A duration as `0:07`, `1:23`, `1:02:03`; rounded to whole seconds. */
export function formatDuration(us: number): string {
  const total = Math.max(0, Math.round(us / SECOND_US));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = total % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/**
 * A moment to the hundredth: `0:07.25`. Truncated, not rounded, so that it is
 * never later than the moment.
 */
export function formatMoment(us: number): string {
  const hundredths = Math.floor(Math.max(0, us) / 10_000);
  const whole = Math.floor(hundredths / 100);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = `${two(whole % 60)}.${two(hundredths % 100)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/**
 * Parses `7`, `7.25`, `1:23.5`, `1:02:03` (with a comma or a point) to
 * microseconds; null if it is none of these.
 */
export function parseMoment(text: string): number | null {
  const match = /^(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:[.,]\d{1,6})?)$/.exec(text.trim());
  if (!match) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  if (match[2] !== undefined && Number.parseInt(seconds, 10) > 59) return null;
  if (match[1] !== undefined && Number(minutes) > 59) return null;
  const value = Number(seconds.replace(',', '.'));
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + value) * SECOND_US);
}

/** The start of the local day, in milliseconds since the epoch. */
export function midnight(nowMs = Date.now()): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
}
