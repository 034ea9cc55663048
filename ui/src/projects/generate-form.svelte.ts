/** State of the Generate panel, kept across screens. */
import { mostClips } from '../lib/making';
import { SECOND_US } from '../lib/time';
import type {
  ClipKind,
  FromSegments,
  GenerateRequest,
  MontageOrder,
  Project,
  Segment,
  SelectionMode,
  Source,
} from '../platform';

/** Largest seed the library accepts. */
const SEED_MAX = 4_294_967_295;

export type SeedText = { seed: number | null } | { wrong: true };

/** Parses a seed; an empty text is no seed. */
export function readSeed(text: string): SeedText {
  const digits = text.trim();
  if (digits === '') return { seed: null };
  const seed = Number(digits);
  return /^\d+$/.test(digits) && seed <= SEED_MAX ? { seed } : { wrong: true };
}

export class GenerateForm {
  from = $state<'footage' | 'segments'>('footage');
  kind = $state<ClipKind>('highlight');
  count = $state(12);
  variants = $state(4);
  seconds = $state(20);
  mode = $state<SelectionMode>('sequential');
  muted = $state(false);
  order = $state<MontageOrder>('chronological');
  /** Whether previously used moments may be used again. */
  includeUsed = $state(false);
  seed = $state('');
  /** What is excluded; items added later are included. */
  leftOut = $state.raw<readonly string[]>([]);

  constructor(target_us: number) {
    this.seconds = Math.round(target_us / SECOND_US);
  }

  get target_us(): number {
    return this.seconds * SECOND_US;
  }

  takes(id: string): boolean {
    return !this.leftOut.includes(id);
  }

  take(ids: readonly string[], taken: boolean): void {
    const others = this.leftOut.filter((id) => !ids.includes(id));
    this.leftOut = taken ? others : [...others, ...ids];
  }

  /** Available sources that are not excluded. */
  sources(all: readonly Source[]): Source[] {
    return all.filter((source) => source.state === 'ready' && this.takes(source.id));
  }

  segments(all: readonly Segment[]): Segment[] {
    return all.filter((segment) => this.takes(segment.id));
  }

  /** The maximum number of clips from the chosen footage, if that is less than requested. */
  limit(all: readonly Source[]): number | null {
    const footage = this.sources(all).reduce((sum, source) => sum + source.facts.duration_us, 0);
    const most = mostClips(footage, this.target_us);
    return most < this.count ? most : null;
  }

  footageRequest(all: readonly Source[]): GenerateRequest {
    return {
      kind: this.kind,
      count: this.count,
      target_duration_us: this.target_us,
      source_ids: this.sources(all).map((source) => source.id),
      include_used: this.includeUsed,
      // A highlight is a single piece.
      ...(this.kind === 'montage' ? { order: this.order } : {}),
    };
  }

  segmentsRequest(all: readonly Segment[]): FromSegments {
    const seed = readSeed(this.seed);
    return {
      variant_count: this.variants,
      selection_mode: this.mode,
      target_duration_us: this.target_us,
      muted: this.muted,
      segment_ids: this.segments(all).map((segment) => segment.id),
      // Sequential order involves no chance.
      seed: this.mode === 'sequential' || !('seed' in seed) ? null : seed.seed,
    };
  }
}

let kept: { profile: string; forms: Record<string, GenerateForm> } | null = null;

/** The form of a project, as it was left; another profile starts fresh. */
export function formOf(profile: string, project: Pick<Project, 'id' | 'target_duration_us'>): GenerateForm {
  if (kept?.profile !== profile) kept = { profile, forms: {} };
  const known = kept.forms[project.id] ?? new GenerateForm(project.target_duration_us);
  kept.forms[project.id] = known;
  return known;
}
