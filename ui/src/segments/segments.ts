/**
 * Changing the segments of a project: each change shows at once, is sent to the
 * library, and can be undone in order.
 */
import { UndoStack } from '../lib/undo';
import { m } from '../paraglide/messages';
import { api, type Segment, type SegmentPatch } from '../platform';
import { changeOf, type Live } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

export class Segments {
  readonly #undo = new UndoStack();
  /** A removed segment is restored with another id; older steps find it here. */
  readonly #renamed = new Map<string, string>();

  constructor(
    readonly live: Live,
    readonly project: () => string,
  ) {}

  get #key() {
    return ['segments', this.project()] as const;
  }

  get list(): readonly Segment[] {
    return this.live.client.getQueryData<Segment[]>(this.#key) ?? [];
  }

  /** Shows what the library responded. */
  #show(change: (segments: Segment[]) => Segment[]): void {
    this.live.show<Segment[]>(this.#key, change);
  }

  /** Shows a change and makes it in the library; false if it was refused. */
  async #change<T>(
    change: (segments: Segment[]) => Segment[],
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    return attempt(() => this.live.change([changeOf(this.#key, change)], work));
  }

  #now(id: string): string {
    let now = id;
    for (let next = this.#renamed.get(now); next !== undefined; next = this.#renamed.get(now)) now = next;
    return now;
  }

  /** Adds a segment and returns it. */
  async add(source_id: string, in_us: number, out_us: number): Promise<Segment | undefined> {
    const made = await attempt(() => api.addSegment({ source_id, in_us, out_us }));
    if (!made) return undefined;
    this.#show((segments) => [...segments.filter((other) => other.id !== made.id), made]);
    this.#undo.push(async () => void (await this.#drop(this.#now(made.id))));
    return made;
  }

  async patch(segment: Segment, patch: SegmentPatch): Promise<void> {
    const before = Object.fromEntries(
      Object.keys(patch).map((key) => [key, segment[key as keyof Segment]]),
    ) as SegmentPatch;
    if (await this.#set(segment.id, patch)) {
      this.#undo.push(async () => void (await this.#set(this.#now(segment.id), before)));
    }
  }

  async remove(segment: Segment): Promise<void> {
    const order = this.list.map((other) => other.id);
    if (!(await this.#drop(segment.id))) return;
    const back = this.#undo.push(() => this.#bringBack(segment, order));
    toasts.offerUndo(m.segment_removed({ name: segment.name }), back);
  }

  /** Reorders all segments of the project. */
  async reorder(ids: readonly string[]): Promise<void> {
    const before = this.list.map((segment) => segment.id);
    if (before.every((id, index) => id === ids[index])) return;
    if (await this.#arrange(ids)) {
      this.#undo.push(async () => void (await this.#arrange(before.map((id) => this.#now(id)))));
    }
  }

  async assign(segment: Segment, project: { id: string; name: string }): Promise<void> {
    const order = this.list.map((other) => other.id);
    const done = await this.#change(
      (segments) => segments.filter((other) => other.id !== segment.id),
      () => api.updateSegment(segment.id, { project_id: project.id }),
    );
    this.live.mark(['segments']);
    if (!done) return;
    const back = this.#undo.push(async () => {
      const id = this.#now(segment.id);
      const came = await attempt(() => api.updateSegment(id, { project_id: segment.project_id }));
      if (!came) return;
      this.#show((segments) => [...segments, came]);
      await this.#arrange(order.map((other) => this.#now(other)));
    });
    toasts.offerUndo(m.segment_assigned({ name: segment.name, project: project.name }), back);
  }

  async undo(): Promise<void> {
    if (!(await this.#undo.undo())) toasts.show(m.nothing_to_undo());
  }

  async #set(id: string, patch: SegmentPatch): Promise<boolean> {
    const done = await this.#change(
      (segments) => segments.map((other) => (other.id === id ? ({ ...other, ...patch } as Segment) : other)),
      () => api.updateSegment(id, patch),
    );
    // Use the library's version: it trims whitespace and removes duplicates.
    if (done) this.#show((segments) => segments.map((other) => (other.id === id ? done : other)));
    return done !== undefined;
  }

  async #drop(id: string): Promise<boolean> {
    const done = await this.#change(
      (segments) => segments.filter((other) => other.id !== id),
      () => api.removeSegment(id).then(() => true),
    );
    return done === true;
  }

  async #bringBack(segment: Segment, order: readonly string[]): Promise<void> {
    const { source_id, in_us, out_us, name, keywords, weight } = segment;
    const made = await attempt(() => api.addSegment({ source_id, in_us, out_us, name, keywords, weight }));
    if (!made) return;
    this.#renamed.set(segment.id, made.id);
    this.#show((segments) => [...segments.filter((other) => other.id !== made.id), made]);
    await this.#arrange(order.map((id) => this.#now(id)));
  }

  /** Orders by `ids`; removed ones are skipped, and new ones stay at the end. */
  async #arrange(ids: readonly string[]): Promise<boolean> {
    const have = new Map(this.list.map((segment) => [segment.id, segment]));
    const known = ids.filter((id) => have.has(id));
    const order = [...known, ...[...have.keys()].filter((id) => !known.includes(id))];
    const place = new Map(order.map((id, position) => [id, position]));
    const done = await this.#change(
      (segments) =>
        segments
          .map((segment) => ({ ...segment, position: place.get(segment.id) ?? segment.position }))
          .sort((a, b) => a.position - b.position),
      () => api.reorderSegments(this.project(), order),
    );
    return done !== undefined;
  }
}
