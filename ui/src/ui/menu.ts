import type { Icon } from './icon';

export interface MenuItem {
  label: string;
  icon?: Icon;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** For choices: whether it holds. */
  checked?: boolean;
  /** A line above it. */
  separator?: true;
  run: () => void;
}
