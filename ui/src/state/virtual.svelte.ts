/** Virtualised lists and grids: TanStack Virtual with runes. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/svelte-virtual';
import { untrack } from 'svelte';

export interface VirtualOptions {
  count: number;
  /** Length of every item along the list, in pixels. */
  size: number;
  gap?: number;
  /** Space before the first and after the last item. */
  padding?: number;
  horizontal?: boolean;
  /** Items rendered beyond the visible ones, on either side. */
  overscan?: number;
}

export interface Virtual {
  readonly items: VirtualItem[];
  /** Length of the whole list, in pixels. */
  readonly total: number;
  /** For the scrolling element: `{@attach virtual.attach}`. */
  attach: (element: HTMLElement) => () => void;
  reveal(index: number, align?: 'auto' | 'center'): void;
}

/** Call during component initialisation. */
export function useVirtual(options: () => VirtualOptions): Virtual {
  let items = $state.raw<VirtualItem[]>([]);
  let total = $state(0);
  let element = $state.raw<HTMLElement | null>(null);

  function full({ count, size, gap = 0, padding = 0, horizontal = false, overscan = 3 }: VirtualOptions) {
    return {
      count,
      gap,
      paddingStart: padding,
      paddingEnd: padding,
      scrollPaddingStart: padding,
      scrollPaddingEnd: padding,
      horizontal,
      overscan,
      estimateSize: () => size,
      getScrollElement: () => element,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: read,
    };
  }

  const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(full(untrack(options)));

  function read() {
    items = virtualizer.getVirtualItems();
    total = virtualizer.getTotalSize();
  }

  $effect(() => virtualizer._didMount());
  $effect.pre(() => {
    virtualizer.setOptions(full(options()));
    void element;
    untrack(() => {
      virtualizer._willUpdate();
      virtualizer.measure();
      read();
    });
  });

  return {
    get items() {
      return items;
    },
    get total() {
      return total;
    },
    attach: (given) => {
      element = given;
      return () => {
        if (element === given) element = null;
      };
    },
    reveal: (index, align = 'auto') => virtualizer.scrollToIndex(index, { align }),
  };
}
