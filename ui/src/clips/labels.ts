/** Labels for the states of a clip, in one place for all screens. */
import { formatNumber } from '../lib/format';
import { m } from '../paraglide/messages';
import type { Clip } from '../platform';

export function flagLabel(flag: Clip['flag']): string {
  switch (flag) {
    case 'picked':
      return m.flag_picked();
    case 'rejected':
      return m.flag_rejected();
    case 'unflagged':
      return m.flag_unflagged();
  }
}

export function originLabel(origin: Clip['origin']): string {
  switch (origin) {
    case 'highlight':
      return m.origin_highlight();
    case 'montage':
      return m.origin_montage();
    case 'segments':
      return m.origin_segments();
  }
}

export function finalLabel(status: Clip['final_status']): string {
  switch (status) {
    case 'none':
      return m.final_none();
    case 'rendering':
      return m.final_rendering();
    case 'done':
      return m.final_done();
    case 'stale':
      return m.final_stale();
    case 'failed':
      return m.final_failed();
  }
}

/** Its rank within its generation, 0 to 100; a dash if it has none. */
export function scoreFigure(clip: Clip): string {
  return clip.score_parts ? formatNumber(clip.score_bp / 100) : '–';
}

/** The same with a label, for use without context. */
export function scoreLabel(clip: Clip): string {
  return clip.score_parts ? m.clip_score_of({ score: scoreFigure(clip) }) : scoreFigure(clip);
}

export function starsLabel(count: number): string {
  return count === 0 ? m.stars_none() : m.stars_count({ count });
}
