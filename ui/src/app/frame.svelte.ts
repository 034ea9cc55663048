/** State of the overlays over the screens. */
class Frame {
  palette = $state(false);
  help = $state(false);
}

export const frame = new Frame();
