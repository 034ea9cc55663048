/**
 * Keeps fetched data current: events of the studio invalidate queries, and
 * changes made here are shown optimistically.
 */
import { type InfiniteData, partialMatchKey, type QueryClient } from '@tanstack/svelte-query';
import { isOver, newerOf } from '../lib/jobs';
import type { Clip, ClipDetail, Job, QueueStatus, StudioEvent } from '../platform';
import { beforeFrame } from './frames';
import type { ClipPages } from './queries';

/** Events come in bursts; one refetch handles them all. */
const GATHER_MS = 200;

export class Live {
  #dirty = new Map<string, readonly unknown[]>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Changes the library has not confirmed yet, oldest first. */
  #pending: (readonly Change[])[] = [];
  /** The latest state of each clip that an event told: an answer may be older. */
  #clips = new Map<string, Clip>();
  /** The latest state of each job that changed since the last frame. */
  #jobs = new Map<string, Job>();
  #unframe: (() => void) | null = null;
  #drawnAt = -Infinity;
  #stopped = false;
  readonly #unsubscribe: () => void;

  constructor(readonly client: QueryClient) {
    this.#unsubscribe = client.getQueryCache().subscribe((event) => {
      const came = event.type === 'updated' && event.action.type === 'success' && !event.action.manual;
      if (came) this.#layOver(event.query.queryKey);
    });
  }

  /** Takes a job from an event or from the response of a command, which may arrive out of order. */
  takeJob(job: Job): void {
    this.#jobs.set(job.id, newerOf(this.#jobs.get(job.id), job));
    this.#unframe ??= beforeFrame(() => this.#drawJobs(), this.#drawnAt);
  }

  take(event: StudioEvent): void {
    switch (event.type) {
      case 'job_changed':
        this.takeJob(event.job);
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
      case 'clips_updated':
        this.#takeClips(event.clips);
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
        // Anything may have changed: invalidate everything.
        this.mark([]);
        break;
    }
  }

  /**
   * Shows clips as an event tells them, where they are listed; only paginated
   * lists, which leave clips out, are fetched again.
   */
  #takeClips(clips: Clip[]): void {
    for (const clip of clips) this.#clips.set(clip.id, newerClip(this.#clips.get(clip.id), clip));
    for (const { queryKey } of this.client.getQueryCache().findAll({ queryKey: ['clips'] })) {
      this.#layOver(queryKey);
    }
    this.mark(['clips', 'all'], ['tags'], ['estimate'], ['projects'], ['overview']);
    for (const { id, project_id } of clips) this.mark(['clip', id], ['project', project_id]);
  }

  /** Invalidates queries; they are refetched together shortly after. */
  mark(...keys: (readonly unknown[])[]): void {
    if (this.#stopped) return;
    for (const key of keys) this.#dirty.set(JSON.stringify(key), key);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /**
   * Shows changes at once everywhere, then makes them in the library. Until it
   * has responded they are reapplied to every response, because one requested
   * earlier is older than what is on the screen.
   */
  async change<T>(changes: readonly Change[], work: () => Promise<T>): Promise<T> {
    this.#pending.push(changes);
    for (const each of changes) {
      this.client.setQueriesData({ queryKey: each.key }, (known: unknown) => known && each.apply(known));
    }
    try {
      return await work();
    } catch (thrown) {
      this.mark(...changes.map(({ key }) => key));
      throw thrown;
    } finally {
      this.#pending.splice(this.#pending.indexOf(changes), 1);
      this.#askAnew(...changes.map(({ key }) => key));
    }
  }

  /**
   * Changes clips at once everywhere, then in the library; `more` is what only
   * the clip's own screen shows.
   */
  async changeClips<T>(
    ids: readonly string[],
    change: (clip: Clip) => Clip,
    work: () => Promise<T>,
    more: Partial<Omit<ClipDetail, 'clip'>> = {},
  ): Promise<T> {
    const changed = new Set(ids);
    const patch = (clip: Clip) => (changed.has(clip.id) ? change(clip) : clip);
    const details = ids.map((id) =>
      changeOf<ClipDetail>(['clip', id], (detail) => ({ ...detail, ...more, clip: change(detail.clip) })),
    );
    try {
      return await this.change([...inLists((clips) => clips.map(patch)), ...details], work);
    } finally {
      this.mark(['projects'], ['project']);
    }
  }

  /** Removes clips from every list at once, then from the library. */
  dropClips<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const gone = new Set(ids);
    return this.change(
      inLists((clips) => clips.filter((clip) => !gone.has(clip.id))),
      work,
    );
  }

  /** Discards pending responses, which may be older than the current state, and refetches. */
  #askAnew(...keys: (readonly unknown[])[]): void {
    if (this.#stopped) return;
    for (const queryKey of keys) {
      const filters = { queryKey, fetchStatus: 'fetching' as const };
      for (const query of this.client.getQueryCache().findAll(filters)) {
        query.cancel({ revert: true }).catch(() => undefined);
        this.mark(query.queryKey);
      }
    }
  }

  /** Reorders jobs at once, within the positions they occupy, then in the library. */
  orderJobs<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
    const listed = new Set(ids);
    const order = (jobs: Job[]) => {
      const places = jobs
        .filter((job) => listed.has(job.id))
        .map((job) => job.position)
        .sort((a, b) => a - b);
      const place = new Map(ids.map((id, at) => [id, places[at]]));
      return jobs.map((job) => {
        const position = place.get(job.id) ?? job.position;
        return position === job.position ? job : { ...job, position };
      });
    };
    return this.change([changeOf<Job[]>(['jobs'], order)], work);
  }

  /** Shows the response of a command; anything requested before it is older. */
  show<T>(key: readonly unknown[], change: (known: T) => T): void {
    this.#askAnew(key);
    this.client.setQueryData<T>(key, (known) => known && change(known));
  }

  /** Shows a command's response about the queue. */
  setQueue(status: QueueStatus): void {
    this.show<QueueStatus>(['queue'], () => status);
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    this.#unframe?.();
    if (this.#timer) clearTimeout(this.#timer);
    this.client.clear();
  }

  /** Brings a response up to date: with what events told since, and pending changes. */
  #layOver(key: readonly unknown[]): void {
    const told = inLists((clips) => clips.map((clip) => newerClip(this.#clips.get(clip.id), clip)));
    const changes = [...told, ...this.#pending.flat()].filter((change) => partialMatchKey(key, change.key));
    if (changes.length === 0) return;
    this.client.setQueryData(
      key,
      (known: unknown) => known && changes.reduce<unknown>((answer, change) => change.apply(answer), known),
    );
  }

  /** Applies changed jobs to the cache: ten events a second from each become one change per frame. */
  #drawJobs(): void {
    this.#unframe = null;
    this.#drawnAt = performance.now();
    const changed = [...this.#jobs.values()];
    this.#jobs.clear();
    for (const job of changed) {
      const key = ['job', job.id];
      if (this.client.getQueryData(key)) {
        this.client.setQueryData<Job>(key, (known) => known && newerOf(known, job));
      } else if (this.client.getQueryState(key)) this.mark(key);
    }
    const known = this.client.getQueryData<Job[]>(['jobs']);
    if (!known) {
      this.mark(['jobs']);
      return;
    }
    const before = new Map(known.map((job) => [job.id, job]));
    const fresh = new Map(changed.map((job) => [job.id, newerOf(before.get(job.id), job)]));
    const added = changed.filter((job) => !before.has(job.id));
    // A pending list may not include them.
    if (added.length > 0) this.#askAnew(['jobs']);
    this.client.setQueryData<Job[]>(
      ['jobs'],
      [...added.toReversed(), ...known.map((job) => fresh.get(job.id) ?? job)],
    );
    this.#layOver(['jobs']);
    const ended = [...fresh.values()].filter((job) => isOver(job) && before.get(job.id)?.state !== job.state);
    if (ended.length === 0) return;
    this.mark(['clips'], ['clip'], ['exports'], ['projects'], ['overview']);
    for (const { project_id } of ended) if (project_id !== null) this.mark(['project', project_id]);
  }

  #flush(): void {
    this.#timer = null;
    const keys = [...this.#dirty.values()];
    this.#dirty.clear();
    for (const queryKey of keys) {
      // A pending first response is not requested twice; it is checked once it
      // is there.
      const first = this.client.getQueryCache().findAll({
        queryKey,
        fetchStatus: 'fetching',
        predicate: ({ state }) => state.data === undefined,
      });
      this.mark(...first.map((query) => query.queryKey));
      void this.client.invalidateQueries({ queryKey });
    }
  }
}

/** A change of everything cached under keys with this prefix. */
export interface Change {
  key: readonly unknown[];
  apply: (answer: unknown) => unknown;
}

export function changeOf<T>(key: readonly unknown[], apply: (answer: T) => T): Change {
  return { key, apply: apply as (answer: unknown) => unknown };
}

/** The newer of two copies of a clip. */
function newerClip(known: Clip | undefined, clip: Clip): Clip {
  return known && known.changes > clip.changes ? known : clip;
}

/** A change of every list of clips: those of a project, and paginated ones. */
function inLists(change: (clips: Clip[]) => Clip[]): Change[] {
  return [
    changeOf<Clip[]>(['clips', 'project'], change),
    changeOf<ClipPages>(['clips', 'all'], (data) => inPages(data, change)),
  ];
}

/** A change of paginated data; the total follows removed items. */
export function inPages<T, P extends { items: T[]; total: number }>(
  data: InfiniteData<P, string | null>,
  change: (items: T[]) => T[],
): InfiniteData<P, string | null> {
  const pages = data.pages.map((page) => ({ ...page, items: change(page.items) }));
  const gone = data.pages.reduce(
    (sum, page, at) => sum + page.items.length - (pages[at]?.items.length ?? 0),
    0,
  );
  return { ...data, pages: pages.map((page) => ({ ...page, total: Math.max(0, page.total - gone) })) };
}
