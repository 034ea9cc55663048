/** Everything there is: the profiles, their libraries, the machine's settings, and who listens. */
import type {
  AppEvent,
  StudioError,
  FfmpegStatus,
  Job,
  JobKind,
  Profile,
  Settings,
  StudioEvent,
} from '../bindings';
import { AppFailure } from '../failure';
import type { FileDrop } from '../types';
import { Library } from './library';
import type { MemoryOptions } from './options';

const TICK_MS = 400;
const AT_ONCE = 2;

/** What a job does on its way and at its end. */
export interface Work {
  stage: string;
  /** Seconds from start to end. */
  seconds: number;
  /** Goes no further than this. */
  holdAt?: number;
  failAt?: { progress_bp: number; code: string; message: string };
  onProgress?: (bp: number) => void;
  onDone?: () => void;
  onCancelled?: () => void;
}

export class World {
  readonly libraries = new Map<string, Library>();
  readonly studioListeners = new Set<(event: StudioEvent) => void>();
  readonly appListeners = new Set<(event: AppEvent) => void>();
  readonly dropListeners = new Set<(drop: FileDrop) => void>();
  readonly works = new Map<string, Work>();
  /** Profiles that were asked to open in windows of their own. */
  readonly opened: string[] = [];
  current: string | null = null;
  settings: Settings;
  ffmpeg: FfmpegStatus;
  problem: StudioError | null = null;
  #counter = 0;

  constructor(readonly options: MemoryOptions) {
    this.settings = {
      theme: options.theme ?? 'system',
      language: options.language ?? 'en',
      ffmpeg_path: null,
      output_folder: null,
      auto_advance: true,
    };
    this.ffmpeg =
      options.ffmpeg === false
        ? { found: false, path: null, version: null, problem: null }
        : { found: true, path: '/usr/bin/ffmpeg', version: '7.1.3', problem: null };
    if (options.broken) {
      this.problem = {
        code: 'library_corrupt',
        message:
          'The library file is damaged. Restore the newest snapshot; the damaged file is kept beside it.',
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
    if (this.problem) throw new AppFailure(this.problem.code, this.problem.message, this.problem.detail);
    const library = this.current === null ? undefined : this.libraries.get(this.current);
    if (!library) throw new AppFailure('no_profile', 'Open a profile first.', null);
    return library;
  }

  profiles(): Profile[] {
    return [...this.libraries.values()].map((library) => structuredClone(library.profile));
  }

  /** Tells the window, where it shows the library that changed. */
  emit(library: Library, ...events: StudioEvent[]): void {
    if (library.profile.id !== this.current) return;
    for (const event of events) {
      for (const listener of this.studioListeners) listener(structuredClone(event));
    }
  }

  emitApp(event: AppEvent): void {
    for (const listener of this.appListeners) listener(event);
  }

  /** Something that takes a moment on a live machine and none in a test. */
  later(ms: number, work: () => void): void {
    if (this.options.live) setTimeout(work, ms);
    else work();
  }

  needFfmpeg(): void {
    if (this.ffmpeg.found) return;
    throw new AppFailure(
      'ffmpeg_missing',
      'ffmpeg was not found on this machine. Install ffmpeg, or choose where it lies in the settings.',
      null,
    );
  }

  queue(
    library: Library,
    job: { kind: JobKind; title: string; project_id: string | null; clip_id?: string | null },
    work: Work,
  ): Job {
    const row: Job = {
      id: this.id('job'),
      project_id: job.project_id,
      clip_id: job.clip_id ?? null,
      kind: job.kind,
      title: job.title,
      state: 'queued',
      stage: null,
      progress_bp: 0,
      eta_s: null,
      speed_milli: null,
      attempts: 1,
      error_code: null,
      error_message: null,
      error_detail: null,
      note: null,
      created_at_ms: this.now(),
      started_at_ms: null,
      ended_at_ms: null,
    };
    library.jobs.set(row.id, row);
    this.works.set(row.id, work);
    this.changed(library, row);
    return structuredClone(row);
  }

  changed(library: Library, job: Job): void {
    this.emit(library, { type: 'job_changed', job });
  }

  /** Lets `ms` of work pass. */
  tick(ms: number): void {
    for (const library of this.libraries.values()) {
      const jobs = [...library.jobs.values()];
      // Looking at footage waits for nothing else.
      const beside = (job: Job) => job.kind === 'analyse';
      let running = jobs.filter((job) => job.state === 'running' && !beside(job)).length;
      for (const job of jobs) {
        if (job.state === 'queued' && (beside(job) || running < AT_ONCE) && this.works.has(job.id)) {
          if (!beside(job)) running += 1;
          job.state = 'running';
          job.started_at_ms = this.now();
          this.changed(library, job);
        } else if (job.state === 'running') {
          this.#advance(library, job, ms);
        }
      }
    }
  }

  #advance(library: Library, job: Job, ms: number): void {
    const work = this.works.get(job.id);
    if (!work) return;
    job.stage = work.stage;
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
      Object.assign(job, { error_code: failAt.code, error_message: failAt.message });
      job.ended_at_ms = this.now();
      this.works.delete(job.id);
    }
    if (job.state === 'running' && job.progress_bp >= 10_000) {
      Object.assign(job, { state: 'done', stage: null, eta_s: null, speed_milli: null });
      job.ended_at_ms = this.now();
      work.onDone?.();
      this.works.delete(job.id);
    }
    this.changed(library, job);
  }

  /** Runs everything that waits or runs to its end. */
  finishJobs(): void {
    for (let turn = 0; turn < 10_000 && this.works.size > 0; turn += 1) this.tick(1_000);
  }
}
