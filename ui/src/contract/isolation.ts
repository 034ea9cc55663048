/** A profile reaches nothing of another: its ids are answered as those that never were. */
import { check, checkSame, need, refused } from './check';
import type { Step } from './stage';

const FLAT = { in_us: 0, out_us: 1_000_000 };

export const isolation: Step[] = [
  {
    name: 'to another profile every id is unknown, and nothing of it changes',
    async holds(stage) {
      const { commands: c, bench, project, source } = stage;
      const clip = stage.clip(0).id;
      const { id: segment } = await c.addSegment({ source_id: source.id, ...FLAT });
      const jobs = await c.listJobs({});
      const job = need(
        'a job',
        jobs.find(({ state }) => state === 'cancelled'),
      ).id;
      const batch = need('a batch', jobs.find(({ batch_id }) => batch_id !== null)?.batch_id);
      const final = need('a final', (await c.listExports(null))[0]).id;
      const state = async () => [
        await c.getProject(project.id),
        await c.listSources(project.id),
        await c.listSegments(project.id),
        await c.getClip(clip),
        await c.listJobs({}),
      ];
      const before = await state();

      await stage.asBen(async () => {
        const own = await stage.newProject('Ben’s');
        const raw = { kind: 'highlight', count: 1 } as const;
        const cut = { variant_count: 1, selection_mode: 'random', target_duration_us: 1_000_000 } as const;
        const film = bench.films[0];
        const calls: Record<string, () => Promise<unknown>> = {
          getProject: () => c.getProject(project.id),
          getProjectProgress: () => c.getProjectProgress(project.id),
          updateProject: () => c.updateProject(project.id, { name: 'Taken' }),
          deleteProject: () => c.deleteProject(project.id),
          restoreProject: () => c.restoreProject(project.id),
          addSources: () => c.addSources(project.id, [film], false),
          listSources: () => c.listSources(project.id),
          getSource: () => c.getSource(source.id),
          removeSource: () => c.removeSource(source.id),
          restoreSource: () => c.restoreSource(source.id),
          relinkSource: () => c.relinkSource(source.id, film, true),
          setSourceSound: () => c.setSourceSound(source.id, []),
          revealSource: () => c.revealSource(source.id),
          getSourceAnalysis: () => c.getSourceAnalysis(source.id),
          analyseSource: () => c.analyseSource(source.id),
          getSourceWaveform: () => c.getSourceWaveform(source.id, 0, 1_000_000, 10),
          lookAt: () => c.lookAt({ project_id: null, clip_id: null, source_id: source.id }),
          addSegment: () => c.addSegment({ source_id: source.id, ...FLAT }),
          listSegments: () => c.listSegments(project.id),
          updateSegment: () => c.updateSegment(segment, { name: 'Taken' }),
          removeSegment: () => c.removeSegment(segment),
          reorderSegments: () => c.reorderSegments(project.id, [segment]),
          'reorderSegments of the own project': () => c.reorderSegments(own.id, [segment]),
          generateRawClips: () => c.generateRawClips(project.id, raw),
          'generateRawClips of the own project': () =>
            c.generateRawClips(own.id, { ...raw, source_ids: [source.id] }),
          generateFromSegments: () => c.generateFromSegments(project.id, cut),
          'generateFromSegments of the own project': () =>
            c.generateFromSegments(own.id, { ...cut, segment_ids: [segment] }),
          listProjectClips: () => c.listProjectClips(project.id, {}),
          'listAllClips of the project': () => c.listAllClips({ project_id: project.id }),
          getClip: () => c.getClip(clip),
          updateClip: () => c.updateClip(clip, { name: 'Taken' }),
          toggleClipSelection: () => c.toggleClipSelection(clip),
          removeClipAudio: () => c.removeClipAudio(clip),
          restoreClipAudio: () => c.restoreClipAudio(clip),
          deleteClip: () => c.deleteClip(clip),
          updateClipContent: () => c.updateClipContent(clip, { script: 'Taken' }),
          revealClip: () => c.revealClip(clip),
          estimateRender: () => c.estimateRender([clip], ['square']),
          renderFinalClip: () => c.renderFinalClip(clip, 'square', null),
          listExports: () => c.listExports(project.id),
          revealExport: () => c.revealExport(final),
          'listJobs of the project': () => c.listJobs({ project_id: project.id }),
          getJob: () => c.getJob(job),
          cancelJob: () => c.cancelJob(job),
          retryJob: () => c.retryJob(job),
          getJobLog: () => c.getJobLog(job),
          pauseJob: () => c.pauseJob(job),
          resumeJob: () => c.resumeJob(job),
          moveJob: () => c.moveJob(job, null),
          cancelBatch: () => c.cancelBatch(batch),
        };
        for (const [name, call] of Object.entries(calls)) await refused(name, call(), 'not_found');

        const unknown = [{ done: null, refused: { notice: { code: 'not_found' } } }];
        check('bulkSelectClips', await c.bulkSelectClips([clip], 'rejected'), unknown);
        check('bulkDeleteClips', await c.bulkDeleteClips([clip]), unknown);
        check('restoreClips', await c.restoreClips([clip]), unknown);
        check('makeClipFiles', await c.makeClipFiles([clip]), unknown);
        check('bulkRenderClips', await c.bulkRenderClips([clip], ['square'], null), unknown);
        check('settleOrphans', await c.settleOrphans([final]), unknown);

        checkSame('listJobs', await c.listJobs({}), []);
        checkSame('listJobs of the batch', await c.listJobs({ batch_id: batch }), []);
        checkSame('listAllSources', await c.listAllSources(), []);
        checkSame('listExports', await c.listExports(null), []);
        checkSame('listAllTags', await c.listAllTags(), []);
        checkSame('retryFailedJobs', await c.retryFailedJobs(), []);
        check('listAllClips', await c.listAllClips({}), { items: [], total: 0 });
        check('listProjects', await c.listProjects({}), { items: [{ id: own.id }], total: 1 });
        checkSame('clearClipFiles', await c.clearClipFiles(), { files: 0, bytes: 0 });
        check('emptyTrash', await c.emptyTrash(), { clips: 0, projects: 0, job_id: null });
      });
      checkSame('what there is', await state(), before);
    },
  },
];
