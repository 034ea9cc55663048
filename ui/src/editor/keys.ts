/** The shortcuts of the clip editor. */
import { m } from '../paraglide/messages';
import { playerKeys } from '../player/keys';
import type { Playback } from '../player/playback';
import type { Binding } from '../state/keys.svelte';
import type { End } from './cutting.svelte';
import type { Draft } from './draft.svelte';

interface Hand {
  draft: Draft;
  player: Playback;
  trimTo: (end: End) => void;
  addCaption: () => void;
  show: (tab: 'words' | 'style' | 'sound' | 'frame') => void;
  render: () => void;
  back: () => void;
}

export function editorKeys({ draft, player, trimTo, addCaption, show, render, back }: Hand): Binding[] {
  return [
    { keys: ['ctrl+z', 'z'], label: m.undo(), run: () => draft.undo() },
    { keys: ['ctrl+shift+z', 'shift+z', 'ctrl+y'], label: m.redo(), run: () => draft.redo() },
    { keys: ['i'], label: m.clip_trim_in(), run: () => trimTo('in') },
    { keys: ['o'], label: m.clip_trim_out(), run: () => trimTo('out') },
    { keys: ['ctrl+enter'], label: m.captions_add(), run: addCaption },
    { keys: ['1'], label: m.tab_words(), run: () => show('words') },
    { keys: ['2'], label: m.tab_style(), run: () => show('style') },
    { keys: ['3'], label: m.tab_sound(), run: () => show('sound') },
    { keys: ['4'], label: m.tab_frame(), run: () => show('frame') },
    { keys: ['r'], label: m.render_open(), run: render },
    { keys: ['esc'], label: m.back(), run: back, handOnly: true },
    ...playerKeys(player),
  ];
}
