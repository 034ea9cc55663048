/** What the steps of the contract have in common: a profile with footage and clips, and its events. */
import type {
  AppEvent,
  Clip,
  Job,
  JobState,
  Profile,
  Project,
  Source,
  StudioEvent,
} from '../platform/bindings';
import type { Commands, Platform } from '../platform/types';
import { check, fits, need } from './check';

/** What an implementation supplies to be put to the test. Its library is empty. */
export interface Bench {
  platform: Platform;
  /** Two films of at least ten seconds with a sound track, and a file that is no film. */
  films: readonly [string, string];
  notes: string;
  /** Lets the work of the queue go on for a moment. */
  moment(): Promise<void>;
}

/** A sentence about the platform, and what proves it. */
export interface Step {
  name: string;
  holds(stage: Stage): Promise<void>;
}

type Wanted<T> = T extends { type: infer Type } ? { type: Type } & Record<string, unknown> : never;

const SECOND_US = 1_000_000;
const TURNS = 400;
const CLIPS = 4;

export class Stage {
  readonly events: StudioEvent[] = [];
  readonly appEvents: AppEvent[] = [];

  private constructor(
    readonly bench: Bench,
    /** The profile that the window shows, and another one. */
    readonly ana: Profile,
    readonly ben: Profile,
  ) {}

  project!: Project;
  source!: Source;
  /** The clips of the project, in the order in which they were made. */
  clips: Clip[] = [];

  /** Makes the profiles, and a project with four clips of three seconds. */
  static async set(bench: Bench): Promise<Stage> {
    const { commands } = bench.platform;
    const ana = await commands.createProfile('  Ana ', '#7c8cff');
    const ben = await commands.createProfile('Ben', '#E8A13A');
    const stage = new Stage(bench, ana, ben);
    await bench.platform.onStudioEvent((event) => stage.events.push(event));
    await bench.platform.onAppEvent((event) => stage.appEvents.push(event));
    await commands.openProfile(ana.id);
    [stage.project, stage.source] = await stage.projectWithFilm('Beach day');
    const job = await commands.generateRawClips(stage.project.id, {
      kind: 'highlight',
      count: CLIPS,
      target_duration_us: 3 * SECOND_US,
      seed: 7,
    });
    await stage.reaches(job.id, 'done');
    stage.clips = (await commands.listProjectClips(stage.project.id, {})).items;
    check('clips to work with', stage.clips.length, CLIPS);
    return stage;
  }

  get commands(): Commands {
    return this.bench.platform.commands;
  }

  newProject(name: string): Promise<Project> {
    return this.commands.createProject({ name });
  }

  async projectWithFilm(name: string): Promise<[Project, Source]> {
    const project = await this.newProject(name);
    const [added] = await this.commands.addSources(project.id, [this.bench.films[0]], false);
    return [project, need('the source', added?.done)];
  }

  /** A project with clips of its own, made of three segments. */
  async projectWithClips(name: string, count: number): Promise<[Project, Source, Clip[]]> {
    const [project, source] = await this.projectWithFilm(name);
    for (const start of [0, 3, 6]) {
      const [in_us, out_us] = [start * SECOND_US, (start + 2) * SECOND_US];
      await this.commands.addSegment({ source_id: source.id, in_us, out_us });
    }
    const job = await this.commands.generateFromSegments(project.id, {
      variant_count: count,
      selection_mode: 'sequential',
      target_duration_us: 2 * SECOND_US,
    });
    await this.reaches(job.id, 'done');
    return [project, source, (await this.commands.listProjectClips(project.id, {})).items];
  }

  clip(at: number): Clip {
    return need('the clip', this.clips[at]);
  }

  /** Waits until `find` finds something. */
  async until<T>(what: string, find: () => Promise<T | null | undefined | false>): Promise<T> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      const found = await find();
      if (found) return found;
      await this.bench.moment();
    }
    throw new Error(`${what}: it does not come`);
  }

  /** Waits until a job is in a state. */
  reaches(id: string, state: JobState): Promise<Job> {
    return this.until(`a job that is ${state}`, async () => {
      const job = await this.commands.getJob(id);
      if (job.state === 'failed' && state !== 'failed') throw new Error(`the job failed: ${job.error?.code}`);
      return job.state === state && job;
    });
  }

  /** Does something, and fails unless the windows of the profile are told of all this. */
  async tells<T>(wanted: Wanted<StudioEvent>[], work: () => Promise<T>): Promise<T> {
    this.events.length = 0;
    const done = await work();
    await this.#heard(this.events, wanted);
    return done;
  }

  /** Does something, and fails unless all windows are told of this. */
  async tellsAll<T>(wanted: Wanted<AppEvent>, work: () => Promise<T>): Promise<T> {
    this.appEvents.length = 0;
    const done = await work();
    await this.#heard(this.appEvents, [wanted]);
    return done;
  }

  async #heard(events: readonly unknown[], wanted: readonly unknown[]): Promise<void> {
    for (const each of wanted) {
      await this.until(`the event ${JSON.stringify(each)}`, async () =>
        events.some((event) => fits(event, each)),
      );
    }
  }

  /** Waits until nothing runs or waits, so that what is queued next is all there is. */
  async idle(): Promise<void> {
    await this.until('an idle queue', async () => {
      const { running, waiting } = await this.commands.getQueue();
      return running + waiting === 0;
    });
  }

  /** Does something while the queue of the profile is held. */
  async held<T>(work: () => Promise<T>): Promise<T> {
    await this.commands.holdQueue();
    try {
      return await work();
    } finally {
      await this.commands.releaseQueue();
    }
  }

  /** Does something while the window shows the other profile. */
  async asBen<T>(work: () => Promise<T>): Promise<T> {
    await this.commands.openProfile(this.ben.id);
    try {
      return await work();
    } finally {
      await this.commands.openProfile(this.ana.id);
    }
  }
}
