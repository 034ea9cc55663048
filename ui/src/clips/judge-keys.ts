/** The shortcuts for judging clips, shared by all screens. */
import { m } from '../paraglide/messages';
import type { Clip } from '../platform';
import { type Binding, once } from '../state/keys.svelte';

interface Judge {
  flag: (flag: Clip['flag']) => unknown;
  rate: (stars: number) => unknown;
}

export function judgeKeys({ flag, rate }: Judge): Binding[] {
  return [
    { keys: ['p'], label: m.judge_pick(), run: once(() => flag('picked')) },
    { keys: ['x'], label: m.judge_reject(), run: once(() => flag('rejected')) },
    { keys: ['u'], label: m.judge_unflag(), run: once(() => flag('unflagged')) },
    {
      keys: ['1', '2', '3', '4', '5'],
      label: m.judge_stars(),
      run: once((event) => rate(Number(event.key))),
      handOnly: true,
    },
    { keys: ['0'], label: m.judge_stars_clear(), run: once(() => rate(0)) },
  ];
}
