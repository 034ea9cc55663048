/** The context menu of the selected clips. */
import Clapperboard from '@lucide/svelte/icons/clapperboard';
import Flag from '@lucide/svelte/icons/flag';
import FlagOff from '@lucide/svelte/icons/flag-off';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash2 from '@lucide/svelte/icons/trash-2';
import X from '@lucide/svelte/icons/x';
import type { MenuItem } from '../controls/menu';
import { m } from '../paraglide/messages';
import { api, type Clip } from '../platform';
import { renderDialog } from '../render/render-dialog.svelte';
import { router } from '../state/router.svelte';
import { attempt } from '../state/toasts.svelte';
import type { ClipActions } from './actions';

export function clipsMenu(clips: readonly Clip[], actions: ClipActions): MenuItem[] {
  const [first] = clips;
  if (!first) return [];
  const single: MenuItem[] = [
    {
      label: m.judge_edit(),
      icon: Pencil,
      keys: 'e',
      run: () => router.go({ at: 'clip', id: first.id }),
    },
    {
      label: m.show_in_folder(),
      icon: FolderOpen,
      disabled: first.preview_state !== 'ready',
      run: () => void attempt(() => api.revealClip(first.id)),
    },
  ];
  return [
    ...(clips.length === 1 ? single : []),
    { label: m.judge_pick(), icon: Flag, keys: 'p', run: () => void actions.flag(clips, 'picked') },
    { label: m.judge_reject(), icon: X, keys: 'x', run: () => void actions.flag(clips, 'rejected') },
    { label: m.judge_unflag(), icon: FlagOff, keys: 'u', run: () => void actions.flag(clips, 'unflagged') },
    {
      label: m.render_open(),
      icon: Clapperboard,
      keys: 'r',
      separator: true,
      run: () => renderDialog.open(clips.map((clip) => clip.id)),
    },
    {
      label: m.judge_delete(),
      icon: Trash2,
      keys: 'del',
      danger: true,
      separator: true,
      run: () => void actions.remove(clips),
    },
  ];
}
