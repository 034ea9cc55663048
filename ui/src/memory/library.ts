/** The rows of one profile, and the counts derived from them. */
import type {
  Clip,
  ClipContent,
  ClipDetail,
  Detail,
  Export,
  Framing,
  HoldReason,
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
import { AppFailure } from '../platform/failure';
import { notFound } from './rules';

export type ProjectRow = Omit<Project, 'counts' | 'cover_clips'>;
export type SourceRow = Source & { removed: boolean };
export interface ClipRow {
  clip: Clip;
  framing: Framing;
  content: ClipContent;
}

/** Everything a final of a clip is rendered from; equal for clips that look the same. */
export function editOf({ clip, framing, content }: ClipRow): string {
  const { captions, style } = content;
  return JSON.stringify([clip.muted, clip.cuts, framing, captions, captions.length > 0 ? style : null]);
}

/** Waiting, working or paused. */
export const UNDER_WAY: ReadonlySet<Job['state']> = new Set(['queued', 'running', 'paused']);
/** Not over. */
export const OPEN: ReadonlySet<Job['state']> = new Set([...UNDER_WAY, 'interrupted']);

const COVERS = 4;
const NO_COUNTS: ProjectCounts = { sources: 0, sources_us: 0, clips: 0, picked: 0, rejected: 0, finals: 0 };

const newestFirst = (a: Export, b: Export) => b.created_at_ms - a.created_at_ms || (a.id < b.id ? 1 : -1);

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
  /** Sources whose analysis is of an older version. */
  readonly outdated = new Set<string>();
  /** The job that last analysed each source. */
  readonly looking = new Map<string, string>();
  /** Why its queue is held. */
  held: HoldReason | null = null;

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

  /** A project that is not in the trash. */
  liveProject(id: string): ProjectRow {
    const row = this.project(id);
    if (row.deleted_at_ms !== null) throw notFound('project');
    return row;
  }

  /** A clip, unless it or its project is in the trash. */
  liveClip(id: string): ClipRow {
    const row = this.clip(id);
    if (!this.isLive(row)) throw notFound('clip');
    return row;
  }

  isLive({ clip }: ClipRow): boolean {
    return clip.deleted_at_ms === null && this.isLiveProject(clip.project_id);
  }

  isLiveProject(id: string): boolean {
    return this.projects.get(id)?.deleted_at_ms === null;
  }

  /** Refuses a clip while one of its sources is not where it was. */
  requireFootage({ cuts }: Clip): void {
    const missing = cuts.map((cut) => this.source(cut.source_id)).find(({ state }) => state === 'missing');
    if (missing) throw new AppFailure({ code: 'source_missing', name: missing.name });
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

  /** The sources of all projects that are not in the trash. */
  allSources(): SourceRow[] {
    return [...this.sources.values()].filter((row) => !row.removed && this.isLiveProject(row.project_id));
  }

  /** Finals of a project or of all that are not in the trash, newest first. */
  exportsOf(project: string | null): Export[] {
    return [...this.exports.values()]
      .filter((row) => (project === null ? this.isLiveProject(row.project_id) : row.project_id === project))
      .filter((row) => this.clips.get(row.clip_id)?.clip.deleted_at_ms === null)
      .sort(newestFirst);
  }

  /** Derives how far a clip's final is from its finals and its jobs. */
  settleFinal(clip: Clip, hasFailed = false): void {
    const before = clip.final_status;
    const isUnderWay = [...this.jobs.values()].some(
      (job) => job.kind === 'render' && job.clip_id === clip.id && UNDER_WAY.has(job.state),
    );
    const finals = [...this.exports.values()].filter((row) => row.clip_id === clip.id);
    if (isUnderWay) clip.final_status = 'rendering';
    else if (hasFailed) clip.final_status = 'failed';
    else if (finals.some((final) => !final.stale)) clip.final_status = 'done';
    else clip.final_status = finals.length > 0 ? 'stale' : 'none';
    if (clip.final_status !== before) clip.changes += 1;
  }

  /** Deletes what is in the trash; `names` are those of projects, and of clips on their own. */
  emptyTrash(): { clips: Clip[]; projects: ProjectRow[]; names: string[] } {
    const projects = [...this.projects.values()].filter((row) => row.deleted_at_ms !== null);
    const clips = [...this.clips.values()].filter((row) => !this.isLive(row)).map(({ clip }) => clip);
    const single = clips.filter((clip) => this.isLiveProject(clip.project_id));
    const names = [...projects, ...single].map(({ name }) => name);
    const gone = new Set([...projects, ...clips].map(({ id }) => id));
    for (const { id } of clips) this.clips.delete(id);
    for (const { id } of projects) this.projects.delete(id);
    this.#keepUsedSources(gone);
    for (const rows of [this.sources, this.segments, this.exports, this.jobs]) {
      for (const row of rows.values()) {
        const owners = [row.project_id, 'clip_id' in row ? row.clip_id : null];
        if (owners.some((owner) => owner !== null && gone.has(owner))) rows.delete(row.id);
      }
    }
    return { clips, projects, names };
  }

  /** Footage that other projects use moves to them. */
  #keepUsedSources(gone: ReadonlySet<string>): void {
    const uses = [
      ...[...this.clips.values()].flatMap(({ clip: { cuts, project_id } }) =>
        cuts.map(({ source_id }) => ({ source_id, project_id })),
      ),
      ...this.segments.values(),
    ];
    for (const { source_id, project_id } of uses) {
      const source = this.sources.get(source_id);
      if (!source || gone.has(project_id) || !gone.has(source.project_id)) continue;
      Object.assign(source, { project_id, removed: true });
    }
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
      .filter((clip) => clip.deleted_at_ms === null)
      .sort((a, b) => Number(b.flag === 'picked') - Number(a.flag === 'picked') || b.score_bp - a.score_bp);
    return {
      ...row,
      counts: this.counts(row.id),
      cover_clips: covers.slice(0, COVERS).map((clip) => clip.id),
    };
  }

  detail(id: string): ClipDetail {
    const { clip, framing, content } = this.clip(id);
    const exports = [...this.exports.values()].filter((row) => row.clip_id === id).sort(newestFirst);
    return structuredClone({ clip, framing, content, exports });
  }

  progress(id: string): ProjectProgress {
    const jobs = [...this.jobs.values()].filter((job) => job.project_id === id && OPEN.has(job.state));
    const sum = jobs.reduce((total, job) => total + job.progress_bp, 0);
    const left = jobs.flatMap((job) => (job.state === 'running' ? (job.eta_s ?? []) : []));
    return {
      project_id: id,
      jobs: structuredClone(jobs),
      progress_bp: jobs.length > 0 ? Math.floor(sum / jobs.length) : 10_000,
      eta_s: left.length > 0 ? Math.max(...left) : null,
      counts: this.counts(id),
    };
  }
}
