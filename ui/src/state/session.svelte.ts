/** The profile of this window, and switching to another. */
import { tick } from 'svelte';
import { api, type OpenProfile, platform, type Profile } from '../platform';
import { router } from './router.svelte';
import { preferences } from './settings.svelte';
import { toasts } from './toasts.svelte';

/**
 * The profile this window shows. Switching first removes the old library from
 * the screen, then opens the new one: no frame shows both.
 */
class Session {
  open = $state.raw<OpenProfile | null>(null);
  profiles = $state.raw<Profile[]>([]);
  switching = $state(false);
  #leaving = new Set<() => Promise<unknown>>();

  get profile(): Profile | null {
    return this.open?.profile ?? null;
  }

  get base(): string {
    return this.open?.media_base ?? '';
  }

  /**
   * Registers work to finish before another profile is opened, for example
   * unsaved changes. If it fails the window stays, and nothing is lost. The
   * returned function unregisters it.
   */
  onLeave(work: () => Promise<unknown>): () => void {
    this.#leaving.add(work);
    return () => this.#leaving.delete(work);
  }

  async load(): Promise<void> {
    const [profiles, current] = await Promise.all([api.listProfiles(), api.currentProfile()]);
    this.profiles = profiles;
    const first = profiles.find((profile) => profile.is_default) ?? profiles[0];
    if (current) this.#show(current);
    else if (first) this.#show(await api.openProfile(first.id));
  }

  async refreshProfiles(): Promise<void> {
    this.profiles = await api.listProfiles();
    const mine = this.profiles.find((profile) => profile.id === this.profile?.id);
    if (mine && this.open) this.#show({ ...this.open, profile: mine });
    else if (this.open) await this.#leaveDeleted();
  }

  /** The profile of this window was deleted in another one. */
  async #leaveDeleted(): Promise<void> {
    const next = this.profiles.find((profile) => profile.is_default) ?? this.profiles[0];
    if (next) await this.#change(next.id);
    else this.open = null;
  }

  async switchTo(id: string): Promise<void> {
    if (this.switching || id === this.profile?.id) return;
    this.switching = true;
    // Text being typed counts: a field commits it on blur.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const left = await Promise.allSettled([...this.#leaving].map((work) => work()));
    this.switching = false;
    if (left.every(({ status }) => status === 'fulfilled')) await this.#change(id);
  }

  async #change(id: string): Promise<void> {
    if (this.switching) return;
    this.switching = true;
    const before = this.open;
    this.open = null;
    toasts.clear();
    // Remove the old library from the screen before requesting the new one.
    await tick();
    try {
      const next = await api.openProfile(id);
      router.restart();
      this.#show(next);
    } catch (thrown) {
      this.open = before;
      toasts.failure(thrown);
    } finally {
      this.switching = false;
    }
  }

  #show(open: OpenProfile): void {
    this.open = open;
    preferences.setAccent(open.profile.colour);
    // The title is optional; a window that cannot set it still works.
    platform()
      .setTitle(`${open.profile.name} — Rushes`)
      .catch(() => undefined);
  }
}

export const session = new Session();
