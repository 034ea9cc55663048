/** The usual shortcuts of video players and editors. */
import { m } from '../paraglide/messages';
import { type Binding, once } from '../state/keys.svelte';
import type { Playback } from './playback';

interface Options {
  /**
   * Whether the arrows step through the video; a screen that navigates with
   * them leaves `,` and `.` for that.
   */
  arrows?: boolean;
}

export function playerKeys(player: Playback, { arrows = true }: Options = {}): Binding[] {
  const also = (key: string) => (arrows ? [key] : []);
  return [
    { keys: ['space'], label: m.player_toggle(), run: once(() => player.toggle()), handOnly: true },
    { keys: ['k'], label: m.player_pause(), run: () => player.pause(), handOnly: true },
    { keys: ['j'], label: m.player_backwards(), run: once(() => player.shuttle(-1)), handOnly: true },
    { keys: ['l'], label: m.player_forwards(), run: once(() => player.shuttle(1)), handOnly: true },
    {
      keys: [...also('left'), ','],
      label: m.player_frame_back(),
      run: () => player.step(-1),
      handOnly: true,
    },
    { keys: [...also('right'), '.'], label: m.player_frame_on(), run: () => player.step(1), handOnly: true },
    {
      keys: ['shift+left'],
      label: m.player_second_back(),
      run: () => player.seek(player.time - 1),
      handOnly: true,
    },
    {
      keys: ['shift+right'],
      label: m.player_second_on(),
      run: () => player.seek(player.time + 1),
      handOnly: true,
    },
    { keys: ['home'], label: m.player_start(), run: () => player.seek(0), handOnly: true },
    { keys: ['end'], label: m.player_end(), run: () => player.seek(player.duration), handOnly: true },
    { keys: ['m'], label: m.player_mute(), run: once(() => player.toggleMute()), handOnly: true },
  ];
}
