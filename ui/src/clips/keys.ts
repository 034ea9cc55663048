/** The shortcuts of the grid. */
import { m } from '../paraglide/messages';
import type { Clip } from '../platform';
import type { Binding } from '../state/keys.svelte';
import { router } from '../state/router.svelte';
import type { ClipActions } from './actions';
import { judgeKeys } from './judge-keys';
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
    step('left', m.step_previous(), -1),
    step('right', m.step_next(), 1),
    step('up', m.step_up(), -columns),
    step('down', m.step_down(), columns),
    jump('home', m.step_first(), 0),
    jump('end', m.step_last(), order.length - 1),
    { keys: ['ctrl+a'], label: m.selection_all(), run: hand.selectAll },
    { keys: ['/', 'ctrl+f'], label: m.clips_search(), run: hand.search },
    { keys: ['z', 'ctrl+z'], label: m.undo(), run: () => void actions.undo() },
    { keys: ['shift+z', 'ctrl+shift+z'], label: m.redo(), run: () => void actions.redo() },
  ];
  const judge = judgeKeys({
    flag: (flag) => {
      view.judged.remember(selected);
      return actions.flag(selected, flag);
    },
    rate: (stars) => actions.rate(selected.length > 0 ? selected : (view.judged.fresh ?? []), stars),
  });
  if (selected.length === 0) return view.judged.fresh ? [...always, ...judge] : always;
  return [
    ...always,
    {
      keys: ['e', 'enter'],
      label: m.judge_edit(),
      run: () => {
        const id = view.selection.cursor ?? selected[0]?.id;
        if (id) router.go({ at: 'clip', id });
      },
    },
    ...judge,
    { keys: ['#'], label: m.tags_add(), run: hand.tag },
    { keys: ['r'], label: m.render_open(), run: hand.render },
    { keys: ['del', 'backspace'], label: m.judge_delete(), run: () => void actions.remove(selected) },
    { keys: ['esc'], label: m.selection_clear(), run: () => view.none(), handOnly: true },
  ];
}
