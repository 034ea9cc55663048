/** A busy queue with jobs in every state, and what a crash may leave behind. */
import type { Job, JobEventKind, JobResult, Orphan } from '../platform/bindings';
import type { Library } from './library';
import { noticesOf, type World } from './world';

const MINUTE = 60_000;
const BATCH = 40;
const PRESET_NAMES = ['TikTok', 'Instagram Reels', 'YouTube Shorts', 'Feed 4:5'];
const LONG =
  'Interview with the neighbours on the roof of the eleventh district, take 4, sound from the lavalier, camera B';

const finalOf = (library: Library): JobResult | null => {
  const [final] = library.exports.keys();
  return final === undefined ? null : { type: 'final', export_id: final };
};

/** Gives jobs that were seeded in a state the log that would have led there. */
export function tellLogs(library: Library): void {
  for (const job of library.jobs.values()) {
    if (job.started_at_ms === null) continue;
    const entries: [number, JobEventKind, string | null][] = [
      [job.created_at_ms, 'queued', null],
      [job.started_at_ms, 'started', null],
      [job.started_at_ms + 1_400, 'stage', job.kind === 'render' ? 'encoding' : 'analysing'],
    ];
    const end = job.ended_at_ms ?? job.started_at_ms + 14_000;
    if (job.state === 'failed') entries.push([end, 'failed', null]);
    if (job.state === 'done') entries.push([end, 'done', null]);
    if (job.state === 'cancelled') entries.push([end, 'cancelled', null]);
    if (job.state === 'paused') entries.push([end, 'paused', job.pause_reason]);
    if (job.state === 'interrupted') entries.push([end, 'interrupted', null]);
    library.logs.set(
      job.id,
      entries.map(([at_ms, event, words], at) => ({
        number: at + 1,
        at_ms,
        event,
        words,
        notices: noticesOf(job, event),
      })),
    );
  }
}

export function leftOvers(library: Library, project: string): void {
  const [clip, other] = library.clipsOf(project);
  const orphans: Orphan[] = [
    {
      id: 'orphan-1',
      kind: 'file_without_row',
      name: 'clip-000031.part.mp4',
      bytes: 48_200_000,
      project_id: null,
      clip_id: null,
    },
    {
      id: 'orphan-2',
      kind: 'clip_without_file',
      name: clip?.clip.name ?? '',
      bytes: null,
      project_id: project,
      clip_id: clip?.clip.id ?? null,
    },
    {
      id: 'orphan-3',
      kind: 'final_without_file',
      name: 'Golden hour 7 — Instagram Reels.mp4',
      bytes: null,
      project_id: project,
      clip_id: other?.clip.id ?? null,
    },
    {
      id: 'orphan-4',
      kind: 'file_without_row',
      name: 'waveform-cache.lock',
      bytes: 4_096,
      project_id: null,
      clip_id: null,
    },
  ];
  for (const orphan of orphans) library.orphans.set(orphan.id, orphan);
}

export function backlog(world: World, library: Library, others: Library, project: string): void {
  const clips = library.clipsOf(project).map((row) => row.clip);
  const failing = world.options.queue === 'failed';
  const batch = world.id('batch');
  const start = world.now() - 4 * MINUTE;
  const set = (id: string, facts: Partial<Job>) => Object.assign(library.job(id), facts);

  for (let at = 0; at < BATCH; at += 1) {
    const clip = clips[at % clips.length];
    const preset = PRESET_NAMES[Math.floor(at / 10) % PRESET_NAMES.length] ?? '';
    const title = `${at === 14 ? LONG : (clip?.name ?? '')} · ${preset}`;
    const clip_id = clip?.id ?? null;
    const job = world.queue(
      library,
      { kind: 'render', title, project_id: project, clip_id, batch_id: batch },
      { stage: 'encoding', seconds: 14 + (at % 7) * 4, key: title },
    );
    const times = { created_at_ms: start, started_at_ms: start + at * 14_000 };
    if (at < 11) {
      const failed = failing ? at % 3 === 0 : at === 4;
      const ended = { ...times, ended_at_ms: start + at * 14_000 + 21_000, stage: null };
      set(
        job.id,
        failed
          ? {
              ...ended,
              state: 'failed',
              stage: 'encoding',
              progress_bp: 6_300,
              error: failing
                ? { code: 'disk_full', why: 'full' }
                : { code: 'ffmpeg_failed', activity: 'rendering' },
              error_detail: 'ffmpeg exited with 228: No space left on device',
            }
          : { ...ended, state: 'done', progress_bp: 10_000, result: finalOf(library) },
      );
      if (clip) library.settleFinal(clip, failed);
    } else {
      set(job.id, { created_at_ms: start });
    }
  }
  const held = world.queue(
    library,
    { kind: 'proxy', title: 'GX030112 two hours at the wheel.MP4', project_id: project },
    { stage: 'encoding', seconds: 120 },
  );
  set(held.id, { progress_bp: 3_400, stage: 'encoding' });
  world.pause(library, library.job(held.id), 'editor');
  const away = world.queue(
    library,
    {
      kind: 'render',
      title: 'Wide of the square 5 · ProRes',
      project_id: project,
      clip_id: clips[3]?.id ?? null,
    },
    { stage: 'encoding', seconds: 60 },
  );
  set(away.id, { progress_bp: 1_200, stage: 'encoding' });
  world.pause(library, library.job(away.id), 'folder_missing');

  for (const title of ['Schreinerei-Film', 'Messe Köln', 'Werkstatt']) {
    world.queue(others, { kind: 'generate', title, project_id: null }, { stage: 'analysing', seconds: 300 });
  }
  world.tick(400);
  world.tick(6_000);
  if (world.options.queue === 'held') world.hold(library, 'disk_full');
}
