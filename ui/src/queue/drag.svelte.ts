/** Dragging a waiting job to another position. */
import { holdPointer } from '../lib/hold-pointer';
import { behind, putBefore } from '../lib/reorder';

/** Distance from an edge at which the list scrolls, and its speed per frame. */
const EDGE_PX = 48;
const SCROLL_PX = 12;

/** Waiting rows, and headers of collapsed ones. */
const PASSED = '[data-state="queued"][data-job], [data-pass-first]';

interface Carried {
  id: string;
  order: readonly string[];
}

export interface Drag {
  /** The order during a drag. */
  readonly carried: Carried | null;
  /** Starts when a grip is pressed. */
  begin(event: PointerEvent, id: string): void;
}

interface Around {
  /** The waiting jobs, in order. */
  order: () => readonly string[];
  list: () => HTMLElement | undefined;
  /** The scrolling element. */
  frame: () => HTMLElement | undefined;
  ondrop: (id: string, before: string | null, order: readonly string[]) => void;
}

export function useDrag({ order, list, frame, ondrop }: Around): Drag {
  let carried = $state.raw<Carried | null>(null);

  /** Moves to the position of the row whose middle the pointer has passed. */
  function carry(y: number): void {
    if (!carried) return;
    const { id } = carried;
    const others = [...(list()?.querySelectorAll<HTMLElement>(PASSED) ?? [])].filter(
      (row) => row.dataset['job'] !== id,
    );
    const under = others.find((row) => {
      const box = row.getBoundingClientRect();
      return y <= box.top + box.height / 2;
    });
    const last = others.at(-1)?.dataset;
    const end = last?.['passLast'] ?? last?.['job'];
    const before =
      under?.dataset['passFirst'] ??
      under?.dataset['job'] ??
      (end === undefined
        ? null
        : behind(
            carried.order.filter((other) => other !== id),
            end,
          ));
    const next = putBefore(carried.order, id, before);
    if (behind(next, id) !== behind(carried.order, id)) carried = { id, order: next };
  }

  function begin(event: PointerEvent, id: string): void {
    const hold = list();
    if (event.button !== 0 || !hold) return;
    const was = behind(order(), id);
    carried = { id, order: order() };
    let y = event.clientY;
    let timer = requestAnimationFrame(function scroll() {
      timer = requestAnimationFrame(scroll);
      const box = frame()?.getBoundingClientRect();
      if (!box) return;
      const by = y < box.top + EDGE_PX ? -SCROLL_PX : y > box.bottom - EDGE_PX ? SCROLL_PX : 0;
      if (by === 0) return;
      frame()?.scrollBy({ top: by });
      carry(y);
    });
    holdPointer(hold, event, {
      move: (to) => {
        y = to;
        carry(y);
      },
      end: (keep) => {
        cancelAnimationFrame(timer);
        const dropped = carried;
        carried = null;
        if (!keep || !dropped) return;
        const before = behind(dropped.order, id);
        if (before !== was) ondrop(id, before, dropped.order);
      },
    });
  }

  return {
    get carried() {
      return carried;
    },
    begin,
  };
}
