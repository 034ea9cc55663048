/** Carrying something with the pointer. */

interface Carrying {
  move: (y: number) => void;
  /** At the end: whether it stays where it was let go, or the editor thought better of it. */
  end: (keep: boolean) => void;
}

/**
 * Lets `hold` take the pointer that went down until it is let go: what is
 * carried would lose it as soon as it is moved. Escape lets go, too.
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
