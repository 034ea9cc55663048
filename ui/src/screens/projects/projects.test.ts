import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { drop } from '../../frame/drop.svelte';
import { api } from '../../platform';
import { router } from '../../state/router.svelte';
import { toasts } from '../../state/toasts.svelte';
import { openMachine, show } from '../../test/library';
import { listView } from './list-view.svelte';
import ProjectsScreen from './ProjectsScreen.svelte';

beforeEach(() => {
  router.replace({ at: 'projects' });
  listView.enter(null);
});

const card = (name: string) => screen.findByRole('button', { name });

describe('the list of projects', () => {
  it('begins with the one thing to do', async () => {
    await openMachine({ library: 'empty' });
    show(ProjectsScreen, {});
    expect(await screen.findByText('No projects yet')).toBeTruthy();
    expect(screen.getAllByRole('button', { name: 'New project' }).length).toBeGreaterThan(0);
  });

  it('tells why it cannot be shown and tries again', async () => {
    await openMachine({ fail: { listProjects: 'library' } });
    show(ProjectsScreen, {});
    expect(within(await screen.findByRole('alert')).getByRole('button', { name: 'Try again' })).toBeTruthy();
  });

  it('makes a project of the name of a dropped video, and names what was refused', async () => {
    await openMachine();
    show(ProjectsScreen, {});
    await card('Spring campaign');
    drop.take({ kind: 'drop', paths: ['/media/card/Autumn film.mov', '/media/card/notes.txt'], x: 0, y: 0 });
    await waitFor(() => expect(router.route.at).toBe('project'));
    const route = router.route;
    const project = route.at === 'project' ? await api.getProject(route.id) : null;
    expect(project).toMatchObject({ name: 'Autumn film', counts: { sources: 1 } });
    expect(toasts.list.at(-1)?.lines.join()).toContain('notes.txt');
  });

  it('renames in place and gives the focus back', async () => {
    await openMachine();
    const { user } = show(ProjectsScreen, {});
    (await card('Spring campaign')).focus();
    await user.keyboard('{F2}');
    const field = screen.getByRole('textbox', { name: 'Name of the project' });
    await user.clear(field);
    await user.type(field, 'Summer campaign{Enter}');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Summer campaign'));
    expect((await api.listProjects({ search: 'Summer' })).total).toBe(1);
  });

  it('brings a deleted project back by undo', async () => {
    await openMachine();
    const { user } = show(ProjectsScreen, {});
    (await card('Spring campaign')).focus();
    await user.keyboard('{Delete}');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Spring campaign' })).toBeNull());
    await waitFor(() => expect(toasts.list.at(-1)?.action).toBeTruthy());
    toasts.act(toasts.list.at(-1)?.id ?? 0);
    expect(await card('Spring campaign')).toBeTruthy();
  });
});
