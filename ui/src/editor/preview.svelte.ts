/** How a clip is looked at: shape and safe area, the same for one clip after the other. */
import type { AspectKey } from '../lib/framing';
import { SAFE_AREAS, type SafeArea, TITLE_SAFE } from '../lib/safe-areas';

class Preview {
  aspect = $state<AspectKey>('9:16');
  /** Whose margins are drawn; none where null. */
  platform = $state<string | null>(null);

  readonly safeArea = $derived.by((): SafeArea | null => {
    if (this.platform === null) return null;
    if (this.aspect !== '9:16') return TITLE_SAFE;
    return SAFE_AREAS.find((area) => area.key === this.platform) ?? TITLE_SAFE;
  });
}

export const preview = new Preview();
