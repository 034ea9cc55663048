/** Actions on a source, in every list. */
import { confirm } from '../controls/confirm.svelte';
import { noticeWords } from '../lib/notices';
import { m } from '../paraglide/messages';
import { api, asFailure, type Source } from '../platform';
import { useLive } from '../state/context';
import { changeOf } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

export interface SourceActions {
  reveal(source: Source): Promise<void>;
  relink(source: Source): Promise<void>;
  /** Toggles the use of a sound track. */
  toggleTrack(source: Source, stream: number): Promise<void>;
  /** Returns whether it was removed. */
  remove(source: Source): Promise<boolean>;
}

export function useSourceActions(): SourceActions {
  const live = useLive();
  const refresh = () => live.mark(['sources'], ['source'], ['projects'], ['project'], ['overview']);

  async function relinkTo(source: Source, path: string): Promise<void> {
    try {
      await api.relinkSource(source.id, path, false);
    } catch (thrown) {
      const failure = asFailure(thrown);
      const { notice } = failure;
      // Clips would lose their footage in a shorter file, so it is never accepted.
      if (notice.code !== 'different_footage' || notice.why === 'shorter') throw failure;
      const accepted = await confirm({
        title: m.relink_different(),
        text: noticeWords(notice),
        action: m.relink_accept(),
      });
      if (!accepted) return;
      await api.relinkSource(source.id, path, true);
    }
    toasts.show(m.relink_done({ name: source.name }), { tone: 'good' });
    refresh();
  }

  return {
    async reveal(source) {
      await attempt(() => api.revealSource(source.id));
    },
    async relink(source) {
      await attempt(async () => {
        const path = await api.pickFileForRelink();
        if (path) await relinkTo(source, path);
      });
    },
    async toggleTrack(source, stream) {
      const track = source.facts.audio.find((one) => one.stream_index === stream);
      const tracks = [{ stream_index: stream, used: !track?.used }];
      await attempt(() => api.setSourceSound(source.id, tracks));
      refresh();
    },
    async remove(source) {
      const without = changeOf<Source[]>(['sources'], (sources) =>
        sources.filter((other) => other.id !== source.id),
      );
      const done = await attempt(() =>
        live.change([without], () => api.removeSource(source.id).then(() => true)),
      );
      refresh();
      if (!done) return false;
      toasts.show(m.source_removed({ name: source.name }), {
        action: {
          label: m.undo(),
          run: () => void attempt(() => api.restoreSource(source.id)).then(refresh),
        },
      });
      return true;
    },
  };
}
