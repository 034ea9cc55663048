/** Entries of the rail, with their keys. */
import Clapperboard from '@lucide/svelte/icons/clapperboard';
import FileVideo from '@lucide/svelte/icons/file-video';
import LayoutGrid from '@lucide/svelte/icons/layout-grid';
import ListVideo from '@lucide/svelte/icons/list-video';
import Settings from '@lucide/svelte/icons/settings';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { Icon } from '../controls/icon';
import type { Route } from '../lib/route';
import { m } from '../paraglide/messages';

export interface Place {
  at: 'projects' | 'clips' | 'sources' | 'queue' | 'trash' | 'settings';
  icon: Icon;
  keys: string;
  label: () => string;
}

export const PLACES: readonly Place[] = [
  { at: 'projects', icon: Clapperboard, keys: 'alt+1', label: () => m.place_projects() },
  { at: 'clips', icon: LayoutGrid, keys: 'alt+2', label: () => m.place_clips() },
  { at: 'sources', icon: FileVideo, keys: 'alt+3', label: () => m.place_sources() },
  { at: 'queue', icon: ListVideo, keys: 'alt+4', label: () => m.place_queue() },
  { at: 'trash', icon: Trash2, keys: 'alt+5', label: () => m.place_trash() },
  { at: 'settings', icon: Settings, keys: 'ctrl+,', label: () => m.place_settings() },
];

/** The rail entry of a route. */
export function placeOf(route: Route): Place['at'] {
  switch (route.at) {
    case 'project':
    case 'triage':
    case 'source':
    case 'clip':
      return 'projects';
    case 'job':
      return 'queue';
    default:
      return route.at;
  }
}
