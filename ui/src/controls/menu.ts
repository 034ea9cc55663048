/** Menus: their items and shared styles. */
import type { Icon } from './icon';

export interface MenuItem {
  label: string;
  icon?: Icon;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** For options: whether it is the current one. */
  checked?: boolean;
  /** Shows a line above it. */
  separator?: true;
  run: () => void;
}

export const MENU_SHEET =
  'z-50 max-h-[70vh] max-w-80 min-w-44 animate-appear overflow-y-auto float p-1 outline-none';
export const MENU_ITEM =
  'flex h-8 items-center gap-2 rounded-md px-2 text-sm text-fg outline-none data-disabled:opacity-45 data-highlighted:bg-hover';
export const MENU_LINE = '-mx-1 my-1 h-px bg-line';
