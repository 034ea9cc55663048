/** Preview options, shape and safe area, kept from one clip to the next. */
import type { AspectKey } from '../lib/framing';
import { SAFE_AREAS, type SafeArea, TITLE_SAFE } from '../lib/safe-areas';

class Preview {
  aspect = $state<AspectKey>('9:16');
  /** The platform whose margins are drawn; null for none. */
  platform = $state<string | null>(null);

  readonly safeArea = $derived.by((): SafeArea | null => {
    if (this.platform === null) return null;
    if (this.aspect !== '9:16') return TITLE_SAFE;
    return SAFE_AREAS.find((area) => area.key === this.platform) ?? TITLE_SAFE;
  });
}

export const preview = new Preview();
