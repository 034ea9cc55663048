import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../platform';
import { router } from '../state/router.svelte';
import { openMachine, show } from '../test/library';
import JobScreen from './JobScreen.svelte';

async function open(state: Job['state'], queue?: 'busy') {
  const machine = await openMachine(queue ? { queue } : {});
  const job = (await machine.commands.listJobs({ limit: 500 })).find((each) => each.state === state);
  if (!job) throw new Error(`no job is ${state}`);
  router.replace({ at: 'job', id: job.id });
  const shown = show(JobScreen, { id: job.id });
  await screen.findByRole('heading', { name: job.title });
  return { machine, job, ...shown };
}

beforeEach(() => router.replace({ at: 'queue' }));

describe('the page of a job', () => {
  it('tells what happened to it, by the clock, with its stages', async () => {
    await open('failed');
    const log = await screen.findByRole('region', { name: 'Log' });
    await waitFor(() => expect(within(log).getAllByRole('listitem')).toHaveLength(4));
    expect(within(log).getAllByRole('listitem').at(-1)?.textContent).toContain(
      'Failed “DJI_0047.MP4” is not where it was.',
    );
    const stages = screen.getByRole('region', { name: 'Stages' });
    expect(within(stages).getByText('Encoding')).toBeTruthy();
  });

  it('says what to do about a failure, and leads to the job that tries it again', async () => {
    const { job, user } = await open('failed');
    expect(screen.getByRole('button', { name: 'Copy diagnostics' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(router.route).toMatchObject({ at: 'job' }));
    await waitFor(() => expect(router.route).not.toEqual({ at: 'job', id: job.id }));
  });

  it('shows a final in its folder', async () => {
    const { machine, job, user } = await open('done', 'busy');
    await user.click(await screen.findByRole('button', { name: 'Show in folder' }));
    const id = job.result?.type === 'final' ? job.result.export_id : '';
    await waitFor(() => expect(machine.calls).toContainEqual({ name: 'revealExport', args: [id] }));
  });

  it('names the files that were refused when others were added, and why', async () => {
    const machine = await openMachine();
    const [project] = (await machine.commands.listProjects({})).items;
    await machine.commands.addSources(project?.id ?? '', ['/card/A001.MOV', '/card/notes.txt'], true);
    const job = (await machine.commands.listJobs({})).find(({ kind }) => kind === 'ingest');
    const { user } = show(JobScreen, { id: job?.id ?? '' });
    expect(await screen.findByText(/Done · Adding files/)).toBeTruthy();
    expect(screen.getByText('1 file was added. 1 file was not added.')).toBeTruthy();
    const refused = screen.getByRole('region', { name: '1 file was not added.' });
    expect(within(refused).getByText(/“notes\.txt” is not a video/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: /Show sources/ }));
    expect(router.route).toMatchObject({ at: 'project', id: project?.id, stage: 'sources' });
  });

  it('pauses, and writes that into the log', async () => {
    const { user } = await open('running');
    await user.click(screen.getByRole('button', { name: 'Pause' }));
    await screen.findByRole('button', { name: 'Go on' });
    const log = screen.getByRole('region', { name: 'Log' });
    await waitFor(() => expect(within(log).getByText('Paused by you')).toBeTruthy());
  });

  it('goes back to the queue on Escape', async () => {
    router.replace({ at: 'queue' });
    const { user } = await open('running');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(router.route.at).not.toBe('job'));
  });

  it('says so where there is no such job', async () => {
    await openMachine();
    show(JobScreen, { id: 'gone' });
    expect(await screen.findByText('This job is not there any more')).toBeTruthy();
  });
});
