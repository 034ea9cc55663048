/** The whole world: the profiles, their libraries, the machine's settings, and event listeners. */
import type {
  AppEvent,
  Engaged,
  StudioError,
  FfmpegStatus,
  HoldReason,
  Job,
  JobClass,
  JobEventKind,
  JobKind,
  JobResult,
  Notice,
  PauseReason,
  Profile,
  Settings,
  StudioEvent,
} from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { FileDrop } from '../platform/types';
import { Library, UNDER_WAY } from './library';
import type { MemoryOptions } from './options';

const TICK_MS = 400;
/** Parallel jobs if the settings leave it to the machine. */
const AT_ONCE = 2;

/** Queued or running. */
export const ACTIVE: ReadonlySet<Job['state']> = new Set(['queued', 'running']);
/** The resource class of each kind, unless its work is of another. */
const CLASSES: Record<JobKind, JobClass> = {
  analyse: 'decode',
  clip_file: 'encode',
  delete_files: 'brief',
  generate: 'decode',
  generate_from_segments: 'encode',
  ingest: 'brief',
  proxy: 'encode',
  render: 'encode',
  sample: 'encode',
};
/** Distance between the positions of two jobs of one project. */
const STEP = 2 ** 20;

/** Why a job is refused while the same work is under way; `same_work` for other kinds. */
const BUSY: Partial<Record<JobKind, Engaged>> = {
  generate: 'making_clips',
  generate_from_segments: 'making_clips',
  render: 'rendering',
};
const ENDS: ReadonlySet<JobEventKind> = new Set(['done', 'failed', 'cancelled']);

/** The order in which waiting jobs start. */
export const inOrder = (a: Job, b: Job) => a.position - b.position || (a.id < b.id ? -1 : 1);

/** What the log tells of a job that has ended. */
export function noticesOf(job: Job, event: JobEventKind): Notice[] {
  if (event === 'failed') return job.error ? [job.error] : [];
  return event === 'done' ? job.notes : [];
}

/** What a job does along the way and at its end. */
export interface Work {
  stage: string;
  /** Seconds from start to end. */
  seconds: number;
  /** Two jobs with the same key are never under way at once. */
  key?: string;
  /** Stops at this progress. */
  holdAt?: number;
  failAt?: { progress_bp: number; error: Notice };
  onProgress?: (bp: number) => void;
  /** Returns what was made, if the job page has something to show for it. */
  onDone?: (job: Job) => JobResult | null;
  onCancelled?: () => void;
}

export class World {
  readonly libraries = new Map<string, Library>();
  readonly studioListeners = new Set<(event: StudioEvent) => void>();
  readonly appListeners = new Set<(event: AppEvent) => void>();
  readonly dropListeners = new Set<(drop: FileDrop) => void>();
  /** Jobs that go on from where they are when it is their turn again. */
  readonly begun = new Set<string>();
  /** Profiles that were opened in their own windows. */
  readonly opened: string[] = [];
  current: string | null = null;
  settings: Settings;
  ffmpeg: FfmpegStatus;
  problem: StudioError | null = null;
  readonly #works = new Map<string, Work>();
  #counter = 0;

  /** Files opened with Rushes that the page has not taken yet. */
  readonly asked: string[] = [];

  constructor(readonly options: MemoryOptions) {
    this.settings = {
      theme: options.theme ?? 'system',
      language: options.language ?? 'en',
      ffmpeg_path: null,
      output_folder: null,
      auto_advance: true,
      jobs_at_once: null,
      quiet: false,
      cache_limit_mb: null,
      hardware: false,
      zoom_percent: 100,
    };
    this.ffmpeg =
      options.ffmpeg === false
        ? { found: false, path: null, version: null, problem: null }
        : { found: true, path: '/usr/bin/ffmpeg', version: '7.1.3', problem: null };
    if (options.broken === 'missing') {
      this.problem = { notice: { code: 'library_missing', why: 'has_snapshot' }, detail: '' };
    } else if (options.broken) {
      this.problem = {
        notice: { code: 'library_corrupt', why: 'window' },
        detail:
          'integrity_check: *** in database main ***\nTree 14 page 231: btreeInitPage() returns error code 11',
      };
    }
    if (options.live) setInterval(() => this.tick(TICK_MS), TICK_MS);
  }

  now(): number {
    return this.options.now?.() ?? Date.now();
  }

  /** Ids grow with time, like the library's. */
  id(kind: string): string {
    this.#counter += 1;
    return `${kind}-${String(this.#counter).padStart(6, '0')}`;
  }

  get library(): Library {
    if (this.problem) throw new AppFailure(this.problem.notice, this.problem.detail);
    const library = this.current === null ? undefined : this.libraries.get(this.current);
    if (!library) throw new AppFailure({ code: 'no_profile' });
    return library;
  }

  profiles(): Profile[] {
    return [...this.libraries.values()].map((library) => structuredClone(library.profile));
  }

  /** Notifies the window if it shows the library that changed. */
  emit(library: Library, ...events: StudioEvent[]): void {
    if (library.profile.id !== this.current) return;
    for (const event of events) {
      for (const listener of this.studioListeners) listener(structuredClone(event));
    }
  }

  emitApp(event: AppEvent): void {
    for (const listener of this.appListeners) listener(event);
  }

  needFfmpeg(): void {
    if (this.ffmpeg.found) return;
    throw new AppFailure({ code: 'ffmpeg_missing', tool: 'ffmpeg' });
  }

  /** Adds a job to the queue; refused while one with the same key is under way. */
  queue(
    library: Library,
    job: {
      kind: JobKind;
      class?: JobClass;
      title: string;
      project_id: string | null;
      clip_id?: string | null;
      batch_id?: string | null;
    },
    work: Work,
  ): Job {
    const isSame = (other: Job) => this.workOf(other).key === work.key && UNDER_WAY.has(other.state);
    if (work.key !== undefined && [...library.jobs.values()].some(isSame)) {
      throw new AppFailure({ code: 'busy', why: BUSY[job.kind] ?? 'same_work' });
    }
    const row: Job = {
      id: this.id('job'),
      revision: 0,
      project_id: job.project_id,
      clip_id: job.clip_id ?? null,
      batch_id: job.batch_id ?? null,
      kind: job.kind,
      class: job.class ?? CLASSES[job.kind],
      title: job.title,
      state: 'queued',
      pause_reason: null,
      position: this.#placeOf(library, job.project_id),
      stage: null,
      progress_bp: 0,
      eta_s: null,
      speed_milli: null,
      attempts: 0,
      error: null,
      error_detail: null,
      notes: [],
      result: null,
      created_at_ms: this.now(),
      started_at_ms: null,
      ended_at_ms: null,
    };
    library.jobs.set(row.id, row);
    this.#works.set(row.id, work);
    this.happened(library, row, 'queued');
    return structuredClone(row);
  }

  /**
   * Behind the last job of its own project, but not before the one whose turn it
   * is: one project does not wait for the whole batch of another.
   */
  #placeOf(library: Library, project: string | null): number {
    const jobs = [...library.jobs.values()];
    const places = (wanted: (job: Job) => boolean) => jobs.filter(wanted).map((job) => job.position);
    const waiting = places((job) => job.state === 'queued');
    const turn =
      waiting.length > 0 ? Math.min(...waiting) : Math.max(0, ...places((job) => job.state === 'running'));
    const own = places((job) => job.project_id === project && UNDER_WAY.has(job.state));
    return Math.max(turn, Math.max(0, ...own) + STEP);
  }

  /** What a job does. */
  workOf(job: Job): Work {
    const work = this.#works.get(job.id);
    if (!work) throw new Error(`job ${job.id} was not queued`);
    return work;
  }

  /** Moves a waiting job before another, or behind all. */
  move(library: Library, job: Job, waiting: readonly Job[], before: Job | null): void {
    if (before === job) return;
    const [first] = waiting;
    const rest = waiting.filter((other) => other !== job);
    const order = rest.toSpliced(before ? rest.indexOf(before) : rest.length, 0, job);
    const start = first?.position ?? STEP;
    order.forEach((each, at) => {
      const position = start + at * STEP;
      if (each.position === position) return;
      each.position = position;
      each.revision += 1;
    });
    this.emit(library, { type: 'queue_changed' });
  }

  /** A job that takes no time: it is queued and finished at once. */
  did(library: Library, job: Parameters<World['queue']>[1], stage: string, result: JobResult): void {
    const row = library.job(this.queue(library, job, { stage, seconds: 0 }).id);
    const at = this.now();
    Object.assign(row, { attempts: 1, started_at_ms: at, ended_at_ms: at, progress_bp: 10_000, result });
    this.happened(library, row, 'started');
    this.happened(library, row, 'stage', stage);
    row.state = 'done';
    this.happened(library, row, 'done');
  }

  /** Adds an event to the log of a job and announces it. */
  happened(library: Library, job: Job, event: JobEventKind, words: string | null = null): void {
    const log = library.logs.get(job.id) ?? [];
    const notices = noticesOf(job, event);
    log.push({ number: log.length + 1, at_ms: this.now(), event, words, notices });
    library.logs.set(job.id, log);
    const clip = library.clips.get(job.clip_id ?? '')?.clip;
    if (job.kind === 'render' && clip) library.settleFinal(clip, event === 'failed');
    if (ENDS.has(event)) {
      if (job.project_id !== null) this.emit(library, { type: 'clips_changed', project_id: job.project_id });
      this.emit(library, { type: 'projects_changed' });
    }
    this.changed(library, job);
  }

  pause(library: Library, job: Job, reason: PauseReason): void {
    Object.assign(job, { state: 'paused', pause_reason: reason, eta_s: null, speed_milli: null });
    this.happened(library, job, 'paused', reason);
  }

  /** Puts a paused job back in the queue, keeping its position. */
  resume(library: Library, job: Job): void {
    Object.assign(job, { state: 'queued', pause_reason: null });
    this.happened(library, job, 'resumed');
  }

  /** Pauses the work of a profile. */
  hold(library: Library, reason: HoldReason): void {
    library.held = reason;
    const why = reason === 'disk_full' ? 'disk_full' : 'queue';
    for (const job of library.jobs.values()) {
      if (job.state === 'running' && job.class !== 'brief') this.pause(library, job, why);
    }
    this.emit(library, { type: 'queue_changed' });
  }

  release(library: Library): void {
    library.held = null;
    for (const job of library.jobs.values()) {
      if (job.pause_reason === 'queue' || job.pause_reason === 'disk_full') this.resume(library, job);
    }
    this.emit(library, { type: 'queue_changed' });
  }

  get atOnce(): number {
    return this.settings.quiet ? 1 : (this.settings.jobs_at_once ?? AT_ONCE);
  }

  changed(library: Library, job: Job): void {
    job.revision += 1;
    this.emit(library, { type: 'job_changed', job });
  }

  /** Advances the work by `ms`. */
  tick(ms: number): void {
    for (const library of this.libraries.values()) {
      const jobs = [...library.jobs.values()]
        .filter((job) => library.held === null || job.class === 'brief')
        .sort(inOrder);
      // Analysis waits for nothing else.
      const beside = (job: Job) => job.kind === 'analyse' || job.class === 'brief';
      let running = jobs.filter((job) => job.state === 'running' && !beside(job)).length;
      for (const job of jobs) {
        if (job.state === 'queued' && (beside(job) || running < this.atOnce)) {
          if (!beside(job)) running += 1;
          job.state = 'running';
          if (!this.begun.has(job.id)) {
            this.begun.add(job.id);
            job.attempts += 1;
            job.started_at_ms = this.now();
          }
          this.happened(library, job, 'started');
        } else if (job.state === 'running') {
          this.#advance(library, job, ms);
        }
      }
    }
  }

  #advance(library: Library, job: Job, ms: number): void {
    const work = this.workOf(job);
    if (job.stage !== work.stage) {
      job.stage = work.stage;
      this.happened(library, job, 'stage', work.stage);
    }
    job.progress_bp = Math.min(
      work.holdAt ?? 10_000,
      job.progress_bp + Math.round((ms / 1000 / work.seconds) * 10_000),
    );
    job.eta_s = Math.ceil(((10_000 - job.progress_bp) / 10_000) * work.seconds);
    job.speed_milli = job.kind === 'render' ? 2_350 : null;
    work.onProgress?.(job.progress_bp);
    const { failAt } = work;
    if (failAt && job.progress_bp >= failAt.progress_bp) {
      Object.assign(job, { state: 'failed', stage: null, eta_s: null, speed_milli: null });
      job.error = failAt.error;
      job.ended_at_ms = this.now();
      this.happened(library, job, 'failed');
      return;
    }
    if (job.state === 'running' && job.progress_bp >= 10_000) {
      Object.assign(job, { state: 'done', stage: null, eta_s: null, speed_milli: null });
      job.ended_at_ms = this.now();
      job.result = work.onDone?.(job) ?? null;
      this.happened(library, job, 'done');
      return;
    }
    this.changed(library, job);
  }

  /** Completes everything that is waiting or running and not held. */
  finishJobs(): void {
    const busy = () =>
      [...this.libraries.values()].some(
        (library) => library.held === null && [...library.jobs.values()].some((job) => ACTIVE.has(job.state)),
      );
    for (let turn = 0; turn < 10_000 && busy(); turn += 1) this.tick(1_000);
  }
}
