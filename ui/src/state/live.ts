/**
 * Keeps what was fetched true: the studio's events mark answers as out of
 * date, and changes made here show before the library has confirmed them.
 */
import type { QueryClient } from '@tanstack/svelte-query';
import type { Clip, ClipDetail, Job, StudioEvent } from '../platform';
import type { ClipPages } from './queries';

/** Events come in bursts; one refetch answers them all. */
const GATHER_MS = 200;
const ENDED: ReadonlySet<Job['state']> = new Set(['done', 'failed', 'cancelled']);

export class Live {
  #dirty = new Map<string, readonly unknown[]>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #inFlight = 0;
  #stopped = false;

  constructor(readonly client: QueryClient) {}

  take(event: StudioEvent): void {
    switch (event.type) {
      case 'job_changed':
        this.#job(event.job);
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

  stop(): void {
    this.#stopped = true;
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

  #job(job: Job): void {
    const known = this.client.getQueryData<Job[]>(['jobs']);
    if (!known) {
      this.mark(['jobs']);
      return;
    }
    const at = known.findIndex((other) => other.id === job.id);
    this.client.setQueryData<Job[]>(['jobs'], at < 0 ? [job, ...known] : known.with(at, job));
    if (!ENDED.has(job.state)) return;
    this.mark(['clips'], ['clip'], ['exports'], ['projects'], ['overview']);
    if (job.project_id) this.mark(['project', job.project_id]);
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
