/** Whether ffmpeg is there, searching for it again, and setting its location. */
import { api, type FfmpegStatus } from '../platform';
import { preferences } from './settings.svelte';
import { attempt } from './toasts.svelte';

class Ffmpeg {
  status = $state.raw<FfmpegStatus | null>(null);
  looking = $state(false);
  /** Whether a search started here has not found it. */
  missed = $state(false);

  /** Unknown counts as found, to avoid a warning before the first search. */
  get found(): boolean {
    return this.status?.found ?? true;
  }

  async load(): Promise<void> {
    this.status = await api.ffmpegStatus();
  }

  async recheck(): Promise<void> {
    await this.#look(async () => undefined);
  }

  async choose(): Promise<void> {
    const path = await attempt(() => api.pickFfmpeg());
    if (path) await this.use(path);
  }

  /** Sets the path, or searches the usual places if it is null. */
  async use(path: string | null): Promise<void> {
    await this.#look(() => preferences.update({ ffmpeg_path: path }));
  }

  async #look(before: () => Promise<void>): Promise<void> {
    this.looking = true;
    await attempt(async () => {
      await before();
      this.status = await api.recheckFfmpeg();
    });
    this.looking = false;
    this.missed = !this.found;
  }
}

export const ffmpeg = new Ffmpeg();
