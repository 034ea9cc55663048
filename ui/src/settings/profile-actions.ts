/** Actions in the list of profiles. */
import { confirm } from '../controls/confirm.svelte';
import { formatNumber } from '../lib/format';
import { m } from '../paraglide/messages';
import { api, type Profile } from '../platform';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { attempt, toasts } from '../state/toasts.svelte';

export async function openInNewWindow(profile: Profile): Promise<void> {
  await attempt(() => api.openProfileWindow(profile.id));
}

export async function makeDefault(profile: Profile): Promise<void> {
  await attempt(async () => {
    await api.setDefaultProfile(profile.id);
    await session.refreshProfiles();
  });
}

/**
 * Deletes a profile after its name was typed. A window that shows it switches
 * to another profile first.
 */
export async function deleteProfile(profile: Profile): Promise<void> {
  const others = session.profiles.filter((other) => other.id !== profile.id);
  const refuge = others.find((other) => other.is_default) ?? others[0];
  if (!refuge) return;
  const sure = await confirm({
    title: m.settings_profile_delete_title({ name: profile.name }),
    text: m.settings_profile_delete_text(),
    action: m.settings_profile_delete_action(),
    danger: true,
    typed: profile.name,
  });
  if (!sure) return;
  if (session.profile?.id === profile.id) {
    await session.switchTo(refuge.id);
    if (session.profile?.id !== refuge.id) return;
    router.replace({ at: 'settings' });
  }
  await attempt(async () => {
    const { name } = profile;
    const left = await api.deleteProfile(profile.id, name);
    if (left.finals === 0) toasts.show(m.was_deleted({ name }));
    else {
      const words = { name, count: left.finals, shown: formatNumber(left.finals) };
      toasts.show(m.settings_profile_left(words), { lines: left.folders });
    }
  });
  await attempt(() => session.refreshProfiles());
}
