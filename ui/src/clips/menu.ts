/** The context menu of the selected clips. */
import Clapperboard from '@lucide/svelte/icons/clapperboard';
import FileDown from '@lucide/svelte/icons/file-down';
import Flag from '@lucide/svelte/icons/flag';
import FlagOff from '@lucide/svelte/icons/flag-off';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash2 from '@lucide/svelte/icons/trash-2';
import X from '@lucide/svelte/icons/x';
import type { MenuItem } from '../controls/menu';
import { m } from '../paraglide/messages';
import type { Clip } from '../platform';
import { renderDialog } from '../render/render-dialog.svelte';
import { router } from '../state/router.svelte';
import type { ClipActions } from './actions';
import { makeFiles, showFile } from './clip-files';

export function clipsMenu(clips: readonly Clip[], actions: ClipActions): MenuItem[] {
  const [first] = clips;
  if (!first) return [];
  const isSingle = clips.length === 1;
  const edit: MenuItem = {
    label: m.judge_edit(),
    icon: Pencil,
    keys: 'e',
    run: () => router.go({ at: 'clip', id: first.id }),
  };
  const make: MenuItem = {
    label: isSingle ? m.clip_file_make() : m.clip_files_make(),
    icon: FileDown,
    run: () => void makeFiles(clips),
  };
  const reveal: MenuItem = {
    label: m.show_in_folder(),
    icon: FolderOpen,
    run: () => void showFile(first),
  };
  return [
    ...(isSingle ? [edit] : []),
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
    ...(clips.every((clip) => clip.has_file) ? [] : [make]),
    ...(isSingle && first.has_file ? [reveal] : []),
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
