/** Looking for ffmpeg again, and telling Rushes where it is. */
import { api } from '../platform';
import { preferences } from './settings.svelte';
import { attempt } from './toasts.svelte';

class Ffmpeg {
  looking = $state(false);
  /** Whether a look from here has ended without finding it. */
  missed = $state(false);

  get status() {
    return preferences.info?.ffmpeg ?? null;
  }

  /** Unknown counts as found: nobody is warned before the first look. */
  get found(): boolean {
    return this.status?.found ?? true;
  }

  async recheck(): Promise<void> {
    await this.#look(async () => undefined);
  }

  async choose(): Promise<void> {
    const path = await attempt(() => api.pickFfmpeg());
    if (path) await this.use(path);
  }

  /** Takes a path, or looks in the usual places where it is null. */
  async use(path: string | null): Promise<void> {
    await this.#look(() => preferences.update({ ffmpeg_path: path }));
  }

  async #look(before: () => Promise<void>): Promise<void> {
    this.looking = true;
    await attempt(async () => {
      await before();
      const ffmpeg = await api.recheckFfmpeg();
      if (preferences.info) preferences.info = { ...preferences.info, ffmpeg };
    });
    this.looking = false;
    this.missed = !this.found;
  }
}

export const ffmpeg = new Ffmpeg();
