/** Dragging with pointer capture. */

interface Carrying {
  move: (y: number) => void;
  /** At the end: whether to keep the new position, or cancel. */
  end: (keep: boolean) => void;
}

/**
 * Captures a pressed pointer on `hold` until it is released, because the
 * dragged element would lose it when it is moved in the DOM. Escape cancels.
 */
export function holdPointer(hold: HTMLElement, event: PointerEvent, { move, end }: Carrying): void {
  event.preventDefault();
  hold.setPointerCapture(event.pointerId);
  const watch = new AbortController();
  const { signal } = watch;
  const finish = (keep: boolean) => {
    watch.abort();
    end(keep);
  };
  hold.addEventListener('pointermove', ({ clientY }) => move(clientY), { signal });
  hold.addEventListener('pointerup', () => finish(true), { signal });
  hold.addEventListener('pointercancel', () => finish(false), { signal });
  window.addEventListener(
    'keydown',
    (key) => {
      if (key.key !== 'Escape') return;
      key.preventDefault();
      finish(false);
    },
    { signal, capture: true },
  );
}
