import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { api } from '../platform';
import { drop } from '../state/drop.svelte';
import { router } from '../state/router.svelte';
import { toasts } from '../state/toasts.svelte';
import { openMachine, show } from '../test/library';
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

  it('adds what is dropped on a card to that project, and offers the way there', async () => {
    await openMachine();
    show(ProjectsScreen, {});
    const aimed = (await card('Spring campaign')).closest('article');
    vi.spyOn(document, 'elementFromPoint').mockImplementation((x) => (x === 300 ? aimed : document.body));
    drop.take({ kind: 'over', count: 1, x: 300, y: 200 });
    expect(drop.target).toMatchObject({ title: 'Add to Spring campaign', over: aimed });
    drop.take({ kind: 'over', count: 1, x: 10, y: 10 });
    expect(drop.target).toMatchObject({ title: 'Make a project of it', aims: true });
    const before = await api.listProjects({});
    const spring = before.items.find(({ name }) => name === 'Spring campaign');
    drop.take({ kind: 'drop', paths: ['/media/card/Autumn film.mov'], x: 300, y: 200 });
    await waitFor(async () =>
      expect((await api.getProject(spring?.id ?? '')).counts.sources).toBe((spring?.counts.sources ?? 0) + 1),
    );
    expect((await api.listProjects({})).total).toBe(before.total);
    await waitFor(() => expect(toasts.list.at(-1)?.action).toMatchObject({ label: 'Open' }));
    expect(router.route.at).toBe('projects');
  });

  it('comes to a project with the tab key before it comes to its menu', async () => {
    await openMachine();
    show(ProjectsScreen, {});
    const article = (await card('Spring campaign')).closest('article');
    const stops = [...(article?.querySelectorAll('button') ?? [])].map((one) =>
      one.getAttribute('aria-label'),
    );
    expect(stops).toEqual(['Spring campaign', 'More for Spring campaign']);
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
