/** Restoring from the trash, and emptying it. */
import { confirm } from '../controls/confirm.svelte';
import { formatNumber } from '../lib/format';
import { noticeWords } from '../lib/notices';
import { m } from '../paraglide/messages';
import { api, type Project } from '../platform';
import { useLive } from '../state/context';
import { attempt, toasts } from '../state/toasts.svelte';

export interface TrashCounts {
  clips: number;
  projects: number;
  /** Clips of the trashed projects, which are deleted with them. */
  inside: number;
}

const projectsCount = (count: number) => m.trash_projects_count({ count, shown: formatNumber(count) });
const clipsCount = (count: number) => m.clips_count({ count, shown: formatNumber(count) });

/** “3 projects (12 clips inside them) and 5 clips”, without empty parts. */
export function whatGoes({ clips, projects, inside }: TrashCounts): string {
  const within =
    inside > 0 ? ` (${m.trash_confirm_inside({ count: inside, shown: formatNumber(inside) })})` : '';
  const folders = projects > 0 ? projectsCount(projects) + within : '';
  if (folders && clips > 0) return m.trash_confirm_and({ projects: folders, clips: clipsCount(clips) });
  return folders || clipsCount(clips);
}

export function useTrash() {
  const live = useLive();
  let busy = $state(false);

  const refresh = () => live.mark(['clips'], ['projects'], ['project'], ['exports'], ['overview']);

  return {
    get busy() {
      return busy;
    },

    async restoreClips(ids: readonly string[]): Promise<void> {
      const outcomes = await attempt(() => live.dropClips(ids, () => api.restoreClips([...ids])));
      refresh();
      if (!outcomes) return;
      const refused = outcomes.flatMap((outcome) => outcome.refused ?? []);
      const restored = outcomes.length - refused.length;
      if (restored > 0)
        toasts.show(m.trash_restored_clips({ count: restored, shown: formatNumber(restored) }));
      if (refused.length > 0) {
        toasts.show(m.trash_refused({ count: refused.length, shown: formatNumber(refused.length) }), {
          lines: refused
            .map((refusal) => noticeWords(refusal.notice))
            .filter((line, at, all) => all.indexOf(line) === at),
          tone: 'bad',
        });
      }
    },

    async restoreProject(project: Project): Promise<void> {
      const restored = await attempt(() => api.restoreProject(project.id));
      refresh();
      if (!restored) return;
      toasts.show(m.trash_restored_project({ name: restored.name }), {
        action: {
          label: m.trash_show_project(),
          to: { at: 'project', id: restored.id, stage: 'rushes' },
        },
      });
    },

    /** Asks first, because this cannot be undone. */
    async empty(counts: TrashCounts): Promise<void> {
      const sure = await confirm({
        title: m.trash_confirm_title(),
        text: m.trash_confirm_text({ what: whatGoes(counts) }),
        action: m.trash_empty(),
        danger: true,
      });
      if (!sure) return;
      busy = true;
      const emptied = await attempt(() => api.emptyTrash());
      busy = false;
      refresh();
      if (!emptied) return;
      const what = whatGoes({ clips: emptied.clips, projects: emptied.projects, inside: 0 });
      const job = emptied.job_id;
      if (job === null) toasts.show(m.trash_emptied({ what }));
      else
        toasts.show(m.trash_emptied_files({ what }), {
          action: { label: m.show_queue(), to: { at: 'job', id: job } },
        });
    },
  };
}
