/** Labels for the marks of the timeline. */
import { formatNumber, formatPercent } from '../../lib/format';
import { formatDuration } from '../../lib/time';
import { m } from '../../paraglide/messages';
import type { SourceAnalysis, Stretch } from '../../platform';
import { stretchAt } from './visible';

export interface Told {
  text: string;
  stretch: Stretch;
}

const tell = (stretch: Stretch | undefined, word: () => string): Told | null =>
  stretch ? { text: word(), stretch } : null;

/** Description of the picture at a moment, the most serious problem first. */
export function pictureAt(analysis: SourceAnalysis, us: number): Told | null {
  return (
    tell(stretchAt(analysis.damage, us), m.mark_damage) ??
    tell(stretchAt(analysis.blanks, us), m.mark_blank) ??
    tell(stretchAt(analysis.flashes, us), m.mark_flash) ??
    tell(stretchAt(analysis.frozen, us), m.mark_frozen) ??
    tell(transitionAt(analysis, us, 'dissolve'), m.mark_dissolve) ??
    tell(transitionAt(analysis, us, 'fade'), m.mark_fade)
  );
}

function transitionAt(analysis: SourceAnalysis, us: number, kind: 'dissolve' | 'fade'): Stretch | undefined {
  const shot = stretchAt(analysis.shots, us);
  if (!shot || shot.in.kind !== kind || us >= shot.start_us + shot.in.length_us) return undefined;
  return { start_us: shot.start_us, end_us: shot.start_us + shot.in.length_us };
}

/** Description of the sound at a moment. */
export function soundAt(analysis: SourceAnalysis, us: number): Told | null {
  return (
    tell(stretchAt(analysis.clipped, us), m.mark_clipped) ??
    tell(stretchAt(analysis.speech, us), m.mark_speech) ??
    tell(stretchAt(analysis.silences, us), m.mark_silence)
  );
}

const sum = (stretches: readonly Stretch[]): number =>
  stretches.reduce((total, each) => total + each.end_us - each.start_us, 0);

const decibels = (milli: number): string =>
  // Decibels use a minus sign, not a hyphen.
  formatNumber(milli / 1000, 1).replace('-', '−');

/** The video in figures. */
export function factsOf(analysis: SourceAnalysis): string[] {
  const { shots, speech, loudness, damage } = analysis;
  const facts: string[] = [m.fact_shots({ count: shots.length, shown: formatNumber(shots.length) })];
  if (damage.length > 0) {
    facts.push(m.fact_damage({ count: damage.length, shown: formatNumber(damage.length) }));
  }
  if (!analysis.has_sound) return facts;
  facts.push(
    m.fact_speech({ share: formatPercent((sum(speech) / Math.max(1, analysis.duration_us)) * 10_000) }),
  );
  if (loudness) {
    facts.push(m.fact_loudness({ level: decibels(loudness.integrated_mlufs) }));
    facts.push(m.fact_peak({ level: decibels(loudness.true_peak_mdb) }));
  }
  return facts;
}

/** The timeline as text, for screen readers. */
export function summaryOf(
  duration_us: number,
  analysis: SourceAnalysis | null,
  view: { from_us: number; span_us: number },
): string {
  const parts: string[] = [m.timeline_length({ length: formatDuration(duration_us) })];
  if (analysis) {
    const count = analysis.candidates.length;
    parts.push(...factsOf(analysis), m.fact_candidates({ count, shown: formatNumber(count) }));
  }
  if (view.span_us < duration_us) {
    const [from, to] = [formatDuration(view.from_us), formatDuration(view.from_us + view.span_us)];
    parts.push(m.timeline_shows({ from, to }));
  }
  return `${parts.join(', ')}.`;
}
