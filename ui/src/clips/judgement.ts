/** Judgements of clips as values, and which of them to undo. */
import { noticeWords } from '../lib/notices';
import type { Clip, ClipPatch, Flag, ItemOutcome } from '../platform';

/** The fields that a judgement changes: the rest keeps whatever another window sets. */
export interface Edit extends Pick<ClipPatch, 'add_tags' | 'remove_tags'> {
  flag?: Flag;
  rating?: number;
  trashed?: boolean;
}

/** The judgement of one clip. */
export interface Change {
  readonly clip: Clip;
  before: Edit;
  readonly after: Edit;
}

/** What was judged at once: changes of the same kind. */
export interface Judgement {
  changes: readonly Change[];
  /** Called once any of it is undone: the offer to undo it is then obsolete. */
  whenTaken: (() => void)[];
}

/** What an edit makes of a clip that stays in its lists. */
export function edited(clip: Clip, edit: Edit = {}): Clip {
  const { flag = clip.flag, rating = clip.rating, add_tags = [], remove_tags = [] } = edit;
  const kept = clip.tags.filter((tag) => !remove_tags.includes(tag) && !add_tags.includes(tag));
  return { ...clip, flag, rating, tags: [...kept, ...add_tags] };
}

/** The changes of the newest judgement of a project, or of any, in that project. */
export function newest(judgements: readonly Judgement[], project: string | null): readonly Change[] {
  const isIn = ({ clip }: Change) => project === null || clip.project_id === project;
  return judgements.findLast(({ changes }) => changes.some(isIn))?.changes.filter(isIn) ?? [];
}

/** The judgements without some of their changes. */
export function without(judgements: readonly Judgement[], changes: readonly Change[]): readonly Judgement[] {
  const gone = new Set(changes);
  return left(judgements, (change) => !gone.has(change));
}

/** The judgements without those of the projects of other changes. */
export function elsewhere(
  judgements: readonly Judgement[],
  changes: readonly Change[],
): readonly Judgement[] {
  const projects = new Set(changes.map(({ clip }) => clip.project_id));
  return left(judgements, ({ clip }) => !projects.has(clip.project_id));
}

function left(judgements: readonly Judgement[], stays: (change: Change) => boolean): readonly Judgement[] {
  return judgements.flatMap((judgement) => {
    const changes = judgement.changes.filter(stays);
    if (changes.length === judgement.changes.length) return [judgement];
    return changes.length === 0 ? [] : [{ ...judgement, changes }];
  });
}

/**
 * Those of some changes that still show. A clip that was judged again keeps the
 * later verdict, which then leads back to before both.
 */
export function uncovered(judgements: readonly Judgement[], changes: readonly Change[]): readonly Change[] {
  const asked = new Set(changes);
  const later = new Map<string, Change>();
  const shown: Change[] = [];
  for (const change of judgements.flatMap((judgement) => judgement.changes).toReversed()) {
    const place = placeOf(change);
    const cover = place === null ? undefined : later.get(place);
    if (!asked.has(change)) {
      if (place !== null) later.set(place, change);
    } else if (cover) cover.before = change.before;
    else shown.push(change);
  }
  return shown.toReversed();
}

/** The clip and its field that a change sets; null if it can follow any other. */
function placeOf({ clip, after }: Change): string | null {
  if (after.flag !== undefined) return `flag ${clip.id}`;
  return after.rating === undefined ? null : `rating ${clip.id}`;
}

/** The changes that the library refused, and why, each in words. */
export function refusedOf(
  changes: readonly Change[],
  outcomes: readonly ItemOutcome<unknown>[],
): { changes: readonly Change[]; words: string[] } {
  const clips = new Map(changes.map((change) => [change.clip.id, change]));
  const refused = outcomes.flatMap(({ item, refused: why }) => {
    const change = clips.get(item);
    return change && why ? [{ change, words: `${change.clip.name}: ${noticeWords(why.notice)}` }] : [];
  });
  return { changes: refused.map(({ change }) => change), words: refused.map(({ words }) => words) };
}
