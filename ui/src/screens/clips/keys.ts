/** The keys of the grid. */
import { m } from '../../paraglide/messages';
import type { Clip } from '../../platform';
import type { Binding } from '../../state/keys.svelte';
import { router } from '../../state/router.svelte';
import type { ClipActions } from './actions';
import type { ClipsView } from './view.svelte';

interface Hand {
  view: ClipsView;
  actions: ClipActions;
  order: readonly string[];
  selected: readonly Clip[];
  columns: number;
  selectAll: () => void;
  search: () => void;
  tag: () => void;
  render: () => void;
}

export function clipsKeys(hand: Hand): Binding[] {
  const { view, actions, order, selected, columns } = hand;
  const step = (key: string, label: string, by: number): Binding => ({
    keys: [key, `shift+${key}`],
    label,
    run: (event) => view.move(order, by, event.shiftKey),
    handOnly: true,
  });
  const jump = (key: string, label: string, to: number): Binding => ({
    keys: [key, `shift+${key}`],
    label,
    run: (event) => view.jump(order, to, event.shiftKey),
    handOnly: true,
  });
  const always: Binding[] = [
    step('left', m.clips_key_left(), -1),
    step('right', m.clips_key_right(), 1),
    step('up', m.clips_key_up(), -columns),
    step('down', m.clips_key_down(), columns),
    jump('home', m.clips_key_first(), 0),
    jump('end', m.clips_key_last(), order.length - 1),
    { keys: ['ctrl+a'], label: m.clips_select_all(), run: hand.selectAll },
    { keys: ['ctrl+f', '/'], label: m.clips_search(), run: hand.search },
    { keys: ['z', 'ctrl+z'], label: m.clips_undo(), run: () => actions.undo() },
  ];
  if (selected.length === 0) return always;
  return [
    ...always,
    {
      keys: ['e', 'enter'],
      label: m.inspector_edit(),
      run: () => {
        const id = view.selection.cursor ?? selected[0]?.id;
        if (id) router.go({ at: 'clip', id });
      },
    },
    { keys: ['p'], label: m.triage_pick(), run: () => void actions.flag(selected, 'picked') },
    { keys: ['x'], label: m.triage_reject(), run: () => void actions.flag(selected, 'rejected') },
    { keys: ['u'], label: m.triage_unflag(), run: () => void actions.flag(selected, 'unflagged') },
    {
      keys: ['1', '2', '3', '4', '5'],
      label: m.triage_rate(),
      run: (event) => void actions.rate(selected, Number(event.key)),
      handOnly: true,
    },
    { keys: ['0'], label: m.triage_rate_clear(), run: () => void actions.rate(selected, 0) },
    { keys: ['#'], label: m.clips_tag(), run: hand.tag },
    { keys: ['r'], label: m.clips_render(), run: hand.render },
    { keys: ['del', 'backspace'], label: m.clips_delete(), run: () => void actions.remove(selected) },
    { keys: ['esc'], label: m.clips_clear(), run: () => view.none(), handOnly: true },
  ];
}
