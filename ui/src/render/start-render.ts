/** Starting a render: the bulk calls of a plan, and the library's answer for each file. */
import { formatNumber } from '../lib/format';
import { m } from '../paraglide/messages';
import { api, type Job, type Notice, type RenderEstimate } from '../platform';
import { toasts } from '../state/toasts.svelte';
import { bulkCalls, pairKey } from './render-plan';

export interface Refused {
  pair: string;
  name: string;
  notice: Notice;
}

interface Plan {
  ids: readonly string[];
  presets: readonly string[];
  leftOut: ReadonlySet<string>;
  folder: string | null;
  estimates: readonly RenderEstimate[];
}

/** Queues every file of the plan; a refused one does not stop the others. */
export async function startRender(plan: Plan): Promise<{ queued: Job[]; refused: Refused[] }> {
  const names = new Map(plan.estimates.map((estimate) => [pairKey(estimate), estimate.file_name]));
  const queued: Job[] = [];
  const refused: Refused[] = [];
  for (const call of bulkCalls(plan.ids, plan.presets, plan.leftOut)) {
    for (const outcome of await api.bulkRenderClips(call.ids, call.presets, plan.folder)) {
      if (outcome.done) queued.push(outcome.done);
      if (outcome.refused) {
        const name = names.get(outcome.item) ?? outcome.item;
        refused.push({ pair: outcome.item, name, notice: outcome.refused.notice });
      }
    }
  }
  return { queued, refused };
}

/** Announces how many finals were queued, with a link to the queue. */
export function tellQueued(count: number): void {
  toasts.show(m.render_queued({ count, shown: formatNumber(count) }), {
    action: { label: m.show_queue(), to: { at: 'queue' } },
  });
}
