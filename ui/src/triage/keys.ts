/** The shortcuts of triage. */
import { judgeKeys } from '../clips/judge-keys';
import { m } from '../paraglide/messages';
import { playerKeys } from '../player/keys';
import type { Playback } from '../player/playback';
import { type Binding, once } from '../state/keys.svelte';
import type { Triage } from './triage.svelte';

/** View options toggled by shortcuts. */
export interface Switches {
  advance: () => void;
  inspector: () => void;
  portrait: () => void;
  fullscreen: () => void;
  edit: () => void;
  leave: () => void;
}

export function triageKeys(
  triage: Triage,
  players: readonly [Playback, Playback],
  switches: Switches,
): Binding[] {
  return [
    ...judgeKeys({ flag: (flag) => triage.flag(flag), rate: (stars) => triage.rate(stars) }),
    { keys: ['left'], label: m.triage_previous(), run: () => triage.step(-1), handOnly: true },
    { keys: ['right'], label: m.triage_next(), run: () => triage.step(1), handOnly: true },
    { keys: ['n'], label: m.triage_next_unjudged(), run: () => triage.nextUnjudged() },
    { keys: ['z', 'ctrl+z'], label: m.undo(), run: () => triage.undo() },
    { keys: ['shift+z', 'ctrl+shift+z'], label: m.redo(), run: () => triage.redo() },
    { keys: ['a'], label: m.triage_advance(), run: once(switches.advance) },
    { keys: ['c'], label: m.triage_compare(), run: once(() => triage.compare()) },
    { keys: ['s'], label: m.triage_other_side(), run: () => triage.activate(triage.active === 0 ? 1 : 0) },
    { keys: ['i'], label: m.inspector_title(), run: once(switches.inspector) },
    { keys: ['v'], label: m.triage_portrait(), run: once(switches.portrait) },
    { keys: ['f'], label: m.triage_fullscreen(), run: once(switches.fullscreen) },
    { keys: ['e', 'enter'], label: m.judge_edit(), run: switches.edit },
    { keys: ['esc'], label: m.triage_leave(), run: switches.leave, handOnly: true },
    ...filmKeys(triage, players),
  ];
}

/** In a comparison both videos play together, and only the active one is audible. */
function filmKeys(triage: Triage, players: readonly [Playback, Playback]): Binding[] {
  const active = players[triage.active];
  if (!triage.comparing) return playerKeys(active, { arrows: false });
  const both = players.map((player) => playerKeys(player, { arrows: false }));
  return (both[triage.active] ?? []).map((binding, index) => {
    if (binding.keys.includes('m')) return binding;
    if (binding.keys.includes('space')) return { ...binding, run: once(() => toggleBoth(players)) };
    return { ...binding, run: (event) => both.forEach((bindings) => bindings[index]?.run(event)) };
  });
}

function toggleBoth(players: readonly [Playback, Playback]): void {
  const running = players.some((player) => player.speed !== 0);
  for (const player of players) {
    if (running) player.pause();
    else player.toggle();
  }
}
