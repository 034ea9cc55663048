/**
 * One tooltip for the whole window: every trigger is connected to the one
 * rendered by `TooltipHost`, so that a hundred buttons do not need a hundred
 * floating layers.
 */
import { Tooltip } from 'bits-ui';

export interface TooltipPayload {
  text: string;
  keys: string | undefined;
  side: 'top' | 'right' | 'bottom';
}

export const tether = Tooltip.createTether<TooltipPayload>();

/** A spelling in the format of `aria-keyshortcuts`: `Control+K`. */
export function ariaKeys(keys: string | undefined): string | undefined {
  return keys
    ?.split(/\+(?=.)/)
    .map((part) =>
      part === 'ctrl' ? 'Control' : part === 'space' ? 'Space' : part.charAt(0).toUpperCase() + part.slice(1),
    )
    .join('+');
}
