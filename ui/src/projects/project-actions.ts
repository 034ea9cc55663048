/** Actions on a project, in lists and on its own screen; each shows at once and can be undone. */
import Archive from '@lucide/svelte/icons/archive';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import type { InfiniteData } from '@tanstack/svelte-query';
import type { MenuItem } from '../controls/menu';
import { m } from '../paraglide/messages';
import { api, type Page, type Project, type ProjectPatch, type ProjectStatus } from '../platform';
import { useLive } from '../state/context';
import { type Change, changeOf, inPages } from '../state/live';
import { attempt, toasts } from '../state/toasts.svelte';

type ProjectPages = InfiniteData<Page<Project>, string | null>;

export interface ProjectActions {
  patch(project: Project, patch: ProjectPatch): Promise<boolean>;
  remove(project: Project): Promise<boolean>;
  restore(project: Project): Promise<boolean>;
}

export function useProjectActions(): ProjectActions {
  const live = useLive();

  /** A change of every list of projects, paginated or not. */
  const inLists = (change: (projects: Project[]) => Project[]): Change =>
    changeOf<ProjectPages | Project[]>(['projects'], (known) =>
      Array.isArray(known) ? change(known) : inPages(known, change),
    );

  const drop = (id: string): Change => inLists((projects) => projects.filter((project) => project.id !== id));

  async function settle(changes: readonly Change[], work: () => Promise<unknown>): Promise<boolean> {
    const done = await attempt(() => live.change(changes, work));
    live.mark(['projects'], ['project'], ['overview']);
    return done !== undefined;
  }

  function restore(project: Project): Promise<boolean> {
    return settle([drop(project.id)], () => api.restoreProject(project.id));
  }

  return {
    restore,
    patch(project, patch) {
      const change = (other: Project): Project =>
        other.id === project.id ? ({ ...other, ...patch } as Project) : other;
      return settle(
        [inLists((projects) => projects.map(change)), changeOf<Project>(['project', project.id], change)],
        () => api.updateProject(project.id, patch),
      );
    },
    async remove(project) {
      const done = await settle([drop(project.id)], () => api.deleteProject(project.id));
      if (done) {
        toasts.show(m.was_deleted({ name: project.name }), {
          action: { label: m.undo(), run: () => void restore(project) },
        });
      }
      return done;
    },
  };
}

/** Menu items to mark a project as done or active, and to archive it. */
export function statusItems(project: Project, actions: ProjectActions): MenuItem[] {
  const toggle = (status: ProjectStatus) => () =>
    void actions.patch(project, { status: project.status === status ? 'active' : status });
  return [
    {
      label: project.status === 'done' ? m.project_mark_active() : m.project_mark_done(),
      icon: CircleCheck,
      run: toggle('done'),
    },
    {
      label: project.status === 'archived' ? m.project_unarchive() : m.project_archive(),
      icon: Archive,
      run: toggle('archived'),
    },
  ];
}
