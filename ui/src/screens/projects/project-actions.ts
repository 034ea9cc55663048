/** What is done to a project from a list or from its own screen; each shows at once and can be taken back. */
import Archive from '@lucide/svelte/icons/archive';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import type { InfiniteData } from '@tanstack/svelte-query';
import { m } from '../../paraglide/messages';
import { api, type Page, type Project, type ProjectPatch, type ProjectStatus } from '../../platform';
import { useLive } from '../../state/context';
import { attempt, toasts } from '../../state/toasts.svelte';
import type { MenuItem } from '../../ui/menu';

type ProjectPages = InfiniteData<Page<Project>, string | null>;

export interface ProjectActions {
  patch(project: Project, patch: ProjectPatch): Promise<boolean>;
  remove(project: Project): Promise<boolean>;
  restore(project: Project): Promise<boolean>;
}

export function useProjectActions(): ProjectActions {
  const live = useLive();

  function everywhere(change: (pages: Page<Project>) => Page<Project>): void {
    live.client.setQueriesData<ProjectPages>(
      { queryKey: ['projects'] },
      (data) => data && { ...data, pages: data.pages.map(change) },
    );
  }

  function drop(id: string): void {
    everywhere((page) => {
      const items = page.items.filter((project) => project.id !== id);
      return { ...page, items, total: page.total - (page.items.length - items.length) };
    });
  }

  const refresh = () => live.mark(['projects'], ['project'], ['overview']);

  async function settle(work: () => Promise<unknown>): Promise<boolean> {
    const done = await attempt(work);
    refresh();
    return done !== undefined;
  }

  async function restore(project: Project): Promise<boolean> {
    drop(project.id);
    return settle(() => api.restoreProject(project.id));
  }

  return {
    restore,
    async patch(project, patch) {
      const change = (other: Project): Project =>
        other.id === project.id ? ({ ...other, ...patch } as Project) : other;
      everywhere((page) => ({ ...page, items: page.items.map(change) }));
      live.client.setQueryData<Project>(['project', project.id], (known) => known && change(known));
      return settle(() => api.updateProject(project.id, patch));
    },
    async remove(project) {
      drop(project.id);
      const done = await settle(() => api.deleteProject(project.id));
      if (done) {
        toasts.show(m.was_deleted({ name: project.name }), {
          action: { label: m.undo(), run: () => void restore(project) },
        });
      }
      return done;
    },
  };
}

/** Marking a project as done or active, and the archive, for its menus. */
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
