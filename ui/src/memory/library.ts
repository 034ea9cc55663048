/** The rows of one profile, and the counts derived from them. */
import type {
  Clip,
  ClipContent,
  ClipDetail,
  Cut,
  Detail,
  Export,
  Framing,
  Job,
  JobEvent,
  Orphan,
  Profile,
  Project,
  ProjectCounts,
  ProjectProgress,
  RowKind,
  Segment,
  Source,
} from '../platform/bindings';
import { notFound } from './rules';

export type ProjectRow = Omit<Project, 'counts' | 'cover_clips'>;
export type SourceRow = Source & { removed: boolean };
export interface ClipRow {
  clip: Clip;
  cuts: Cut[];
  framing: Framing;
  content: ClipContent;
}

/** Everything a final of a clip is rendered from; equal for clips that look the same. */
export function editOf({ clip, cuts, framing, content }: ClipRow): string {
  const { captions, style } = content;
  return JSON.stringify([clip.muted, cuts, framing, captions, captions.length > 0 ? style : null]);
}

const COVERS = 4;
const NO_COUNTS: ProjectCounts = { sources: 0, sources_us: 0, clips: 0, picked: 0, rejected: 0, finals: 0 };

function found<T>(row: T | undefined, what: RowKind): T {
  if (row === undefined) throw notFound(what);
  return row;
}

export class Library {
  readonly projects = new Map<string, ProjectRow>();
  readonly sources = new Map<string, SourceRow>();
  readonly segments = new Map<string, Segment>();
  readonly clips = new Map<string, ClipRow>();
  readonly exports = new Map<string, Export>();
  /** What each final was rendered from. */
  readonly rendered = new Map<string, string>();
  readonly jobs = new Map<string, Job>();
  /** The log of each job. */
  readonly logs = new Map<string, JobEvent[]>();
  readonly orphans = new Map<string, Orphan>();
  /** The level of analysis of each source. */
  readonly looked = new Map<string, Detail>();
  /** The job that last analysed each source. */
  readonly looking = new Map<string, string>();

  constructor(public profile: Profile) {}

  project(id: string): ProjectRow {
    return found(this.projects.get(id), 'project');
  }

  source(id: string): SourceRow {
    return found(this.sources.get(id), 'source');
  }

  segment(id: string): Segment {
    return found(this.segments.get(id), 'segment');
  }

  clip(id: string): ClipRow {
    return found(this.clips.get(id), 'clip');
  }

  export(id: string): Export {
    return found(this.exports.get(id), 'final');
  }

  job(id: string): Job {
    return found(this.jobs.get(id), 'job');
  }

  clipsOf(project: string): ClipRow[] {
    return [...this.clips.values()].filter((row) => row.clip.project_id === project);
  }

  sourcesOf(project: string): SourceRow[] {
    return [...this.sources.values()].filter((row) => row.project_id === project && !row.removed);
  }

  exportsOf(project: string | null): Export[] {
    return [...this.exports.values()]
      .filter((row) => project === null || row.project_id === project)
      .filter((row) => this.clips.get(row.clip_id)?.clip.deleted_at_ms === null)
      .sort((a, b) => b.created_at_ms - a.created_at_ms);
  }

  counts(project: string): ProjectCounts {
    const counts = { ...NO_COUNTS };
    for (const source of this.sourcesOf(project)) {
      counts.sources += 1;
      counts.sources_us += source.facts.duration_us;
    }
    for (const { clip } of this.clipsOf(project)) {
      if (clip.deleted_at_ms !== null) continue;
      counts.clips += 1;
      if (clip.flag === 'picked') counts.picked += 1;
      if (clip.flag === 'rejected') counts.rejected += 1;
    }
    counts.finals = this.exportsOf(project).length;
    return counts;
  }

  /** The project as displayed: with its counts and its best frames. */
  shown(row: ProjectRow): Project {
    const covers = this.clipsOf(row.id)
      .map(({ clip }) => clip)
      .filter((clip) => clip.deleted_at_ms === null && clip.raw_state === 'ready' && clip.flag !== 'rejected')
      .sort((a, b) => Number(b.flag === 'picked') - Number(a.flag === 'picked') || b.score_bp - a.score_bp);
    return {
      ...row,
      counts: this.counts(row.id),
      cover_clips: covers.slice(0, COVERS).map((clip) => clip.id),
    };
  }

  detail(id: string): ClipDetail {
    const { clip, cuts, framing, content } = this.clip(id);
    const exports = [...this.exports.values()].filter((row) => row.clip_id === id);
    return structuredClone({ clip, cuts, framing, content, exports });
  }

  progress(id: string): ProjectProgress {
    const jobs = [...this.jobs.values()].filter(
      (job) => job.project_id === id && (job.state === 'queued' || job.state === 'running'),
    );
    const sum = jobs.reduce((total, job) => total + job.progress_bp, 0);
    return {
      project_id: id,
      jobs: structuredClone(jobs),
      progress_bp: jobs.length > 0 ? Math.round(sum / jobs.length) : 10_000,
      eta_s: jobs.length > 0 ? Math.max(...jobs.map((job) => job.eta_s ?? 0)) : null,
      counts: this.counts(id),
    };
  }
}
