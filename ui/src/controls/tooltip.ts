/**
 * One tooltip for the whole window: every trigger is tied to the one that
 * `TooltipHost` draws, so that a hundred buttons cost no hundred floating layers.
 */
import { Tooltip } from 'bits-ui';

export interface TooltipPayload {
  text: string;
  keys: string | undefined;
  side: 'top' | 'right' | 'bottom';
}

export const tether = Tooltip.createTether<TooltipPayload>();

/** A spelling as `aria-keyshortcuts` wants it: `Control+K`. */
export function ariaKeys(keys: string | undefined): string | undefined {
  return keys
    ?.split(/\+(?=.)/)
    .map((part) =>
      part === 'ctrl' ? 'Control' : part === 'space' ? 'Space' : part.charAt(0).toUpperCase() + part.slice(1),
    )
    .join('+');
}
