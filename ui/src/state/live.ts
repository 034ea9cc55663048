/**
 * Keeps what was fetched true: the studio's events mark answers as out of
 * date, and changes made here show before the library has confirmed them.
 */
import type { QueryClient } from '@tanstack/svelte-query';
import type { Clip, ClipDetail, Job, QueueStatus, StudioEvent } from '../platform';
import { beforeFrame } from './frames';
import type { ClipPages } from './queries';

/** Events come in bursts; one refetch answers them all. */
const GATHER_MS = 200;
const ENDED: ReadonlySet<Job['state']> = new Set(['done', 'failed', 'cancelled']);

export class Live {
  #dirty = new Map<string, readonly unknown[]>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #inFlight = 0;
  /** The latest of each job that changed since the last frame. */
  #jobs = new Map<string, Job>();
  #unframe: (() => void) | null = null;
  #drawnAt = -Infinity;
  #stopped = false;

  constructor(readonly client: QueryClient) {}

  take(event: StudioEvent): void {
    switch (event.type) {
      case 'job_changed':
        this.#jobs.set(event.job.id, event.job);
        this.#unframe ??= beforeFrame(() => this.#drawJobs(), this.#drawnAt);
        break;
      case 'projects_changed':
        this.mark(['projects'], ['project'], ['overview']);
        break;
      case 'sources_changed':
        this.mark(['sources'], ['source'], ['segments'], ['analysis'], ['estimate']);
        this.mark(['projects'], ['project', event.project_id]);
        break;
      case 'segments_changed':
        this.mark(['segments']);
        break;
      case 'clips_changed':
        this.mark(
          ['clips', 'project', event.project_id],
          ['clips', 'all'],
          ['clips', 'trash'],
          ['clip'],
          ['tags'],
          ['estimate'],
        );
        this.mark(['projects'], ['project', event.project_id], ['overview']);
        break;
      case 'analysis_changed':
        this.mark(['analysis', event.source_id]);
        break;
      case 'exports_changed':
        this.mark(['exports'], ['clip'], ['project', event.project_id], ['projects'], ['overview']);
        break;
      case 'queue_changed':
        this.mark(['queue']);
        break;
      case 'missed':
        // Anything may have changed: every answer is out of date.
        this.mark([]);
        break;
    }
  }

  /** Marks answers as out of date; they are asked for again shortly, together. */
  mark(...keys: (readonly unknown[])[]): void {
    if (this.#stopped) return;
    for (const key of keys) this.#dirty.set(JSON.stringify(key), key);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /**
   * Changes clips at once wherever they are shown, then in the library. While
   * changes are on their way nothing is refetched, or an older answer would
   * undo what the editor sees.
   */
  async changeClips<T>(
    ids: readonly string[],
    change: (clip: Clip) => Clip,
    work: () => Promise<T>,
  ): Promise<T> {
    this.#patch(new Set(ids), change);
    this.#inFlight += 1;
    try {
      return await work();
    } catch (thrown) {
      this.mark(['clips'], ['clip']);
      throw thrown;
    } finally {
      this.#inFlight -= 1;
      this.mark(['projects'], ['project']);
    }
  }

  /** Takes clips out of every list at once, for example on deleting them. */
  dropClips(ids: readonly string[]): void {
    const gone = new Set(ids);
    this.client.setQueriesData<Clip[]>({ queryKey: ['clips', 'project'] }, (clips) =>
      clips?.filter((clip) => !gone.has(clip.id)),
    );
    this.client.setQueriesData<ClipPages>(
      { queryKey: ['clips', 'all'] },
      (data) =>
        data && {
          ...data,
          pages: data.pages.map((page) => {
            const items = page.items.filter((clip) => !gone.has(clip.id));
            return { ...page, items, total: Math.max(0, page.total - gone.size) };
          }),
        },
    );
  }

  /** Shows the jobs that were put in another order, each at the place of the one that stood there. */
  orderJobs(ids: readonly string[]): void {
    const known = this.client.getQueryData<Job[]>(['jobs']) ?? [];
    const listed = new Set(ids);
    const places = known
      .filter((job) => listed.has(job.id))
      .map((job) => job.position)
      .sort((a, b) => a - b);
    const place = new Map(ids.map((id, at) => [id, places[at]]));
    this.client.setQueryData<Job[]>(['jobs'], (jobs) =>
      jobs?.map((job) => {
        const position = place.get(job.id) ?? job.position;
        return position === job.position ? job : { ...job, position };
      }),
    );
  }

  /** Shows what a command has answered of the queue. */
  setQueue(status: QueueStatus): void {
    this.client.setQueryData<QueueStatus>(['queue'], status);
  }

  stop(): void {
    this.#stopped = true;
    this.#unframe?.();
    if (this.#timer) clearTimeout(this.#timer);
    this.client.clear();
  }

  #patch(ids: ReadonlySet<string>, change: (clip: Clip) => Clip): void {
    const patch = (clip: Clip) => (ids.has(clip.id) ? change(clip) : clip);
    this.client.setQueriesData<Clip[]>({ queryKey: ['clips', 'project'] }, (clips) => clips?.map(patch));
    this.client.setQueriesData<ClipPages>(
      { queryKey: ['clips', 'all'] },
      (data) =>
        data && {
          ...data,
          pages: data.pages.map((page) =>
            page.items.some((clip) => ids.has(clip.id)) ? { ...page, items: page.items.map(patch) } : page,
          ),
        },
    );
    for (const id of ids) {
      this.client.setQueryData<ClipDetail>(
        ['clip', id],
        (detail) => detail && { ...detail, clip: change(detail.clip) },
      );
    }
  }

  /** Puts the jobs that changed into what is known: ten events a second of each make one change a frame. */
  #drawJobs(): void {
    this.#unframe = null;
    this.#drawnAt = performance.now();
    const changed = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const job of changed) {
      this.client.setQueryData<Job>(['job', job.id], (known) => known && job);
    }
    const known = this.client.getQueryData<Job[]>(['jobs']);
    if (!known) {
      this.mark(['jobs']);
      return;
    }
    const before = new Map(known.map((job) => [job.id, job]));
    const fresh = new Map(changed.map((job) => [job.id, job]));
    const added = changed.filter((job) => !before.has(job.id));
    this.client.setQueryData<Job[]>(
      ['jobs'],
      [...added.toReversed(), ...known.map((job) => fresh.get(job.id) ?? job)],
    );
    const ended = changed.filter((job) => ENDED.has(job.state) && before.get(job.id)?.state !== job.state);
    if (ended.length === 0) return;
    this.mark(['clips'], ['clip'], ['exports'], ['projects'], ['overview']);
    for (const { project_id } of ended) if (project_id !== null) this.mark(['project', project_id]);
    // An answer that is on its way may be older than this end, and no later event would correct it.
    if (this.client.isFetching({ queryKey: ['jobs'] }) > 0) this.mark(['jobs']);
  }

  #flush(): void {
    this.#timer = null;
    if (this.#inFlight > 0) {
      this.#timer = setTimeout(() => this.#flush(), GATHER_MS);
      return;
    }
    const keys = [...this.#dirty.values()];
    this.#dirty.clear();
    for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
  }
}
