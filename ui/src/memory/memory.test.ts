import { describe, expect, it } from 'vitest';
import type { StudioEvent } from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import { createMemoryPlatform, type MemoryOptions, optionsFromAddress } from './index';

async function open(options: MemoryOptions = {}) {
  const machine = createMemoryPlatform(options);
  const [first] = await machine.commands.listProfiles();
  if (first) await machine.commands.openProfile(first.id);
  return machine;
}

describe('the library in memory', () => {
  it('shows a profile nothing of another', async () => {
    const { commands } = await open();
    const mine = await commands.listProjects({});
    const [, other] = await commands.listProfiles();
    await commands.openProfile(other?.id ?? '');
    const theirs = await commands.listProjects({});
    expect(theirs.items.map(({ id }) => id)).not.toContain(mine.items[0]?.id);
    await expect(commands.getProject(mine.items[0]?.id ?? '')).rejects.toMatchObject({
      notice: { code: 'not_found' },
    });
  });

  it('fails with an AppFailure that names the field', async () => {
    const { commands } = await open();
    const failure = await commands
      .createProject({ name: 'x'.repeat(201) })
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(AppFailure);
    expect(failure).toMatchObject({
      notice: { code: 'invalid', field: 'name', reason: { why: 'name_too_long' } },
    });
  });

  it('gives every clip once over all its pages, in any order', async () => {
    const { commands } = await open();
    for (const sort of ['oldest', 'newest', 'score', 'rating', 'duration', 'name'] as const) {
      const ids: string[] = [];
      let cursor: string | null = null;
      const { total } = await commands.listAllClips({});
      do {
        const page: Awaited<ReturnType<typeof commands.listAllClips>> = await commands.listAllClips({
          sort,
          cursor,
          limit: 7,
        });
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor;
      } while (cursor);
      expect(new Set(ids).size).toBe(total);
      expect(ids.length).toBe(total);
    }
  });

  it('finds clips by flag, stars and words', async () => {
    const { commands } = await open();
    const picked = await commands.listAllClips({ flag: 'picked', min_rating: 3 });
    expect(picked.total).toBeGreaterThan(0);
    expect(picked.items.every(({ flag, rating }) => flag === 'picked' && rating >= 3)).toBe(true);
    const hands = await commands.listAllClips({ search: 'hANDS' });
    expect(hands.items.every(({ name }) => name.startsWith('Hands'))).toBe(true);
  });

  it('moves clips to the trash and back', async () => {
    const { commands } = await open();
    const [clip] = (await commands.listAllClips({ limit: 1 })).items;
    if (!clip) throw new Error('no clip');
    const before = (await commands.listAllClips({})).total;
    await commands.deleteClip(clip.id);
    expect((await commands.listAllClips({})).total).toBe(before - 1);
    expect((await commands.listAllClips({ trashed: true })).items.map(({ id }) => id)).toContain(clip.id);
    const [answer] = await commands.restoreClips([clip.id]);
    expect(answer?.done?.deleted_at_ms).toBeNull();
    expect((await commands.listAllClips({})).total).toBe(before);
  });

  it('answers bulk calls one by one', async () => {
    const { commands } = await open();
    const [clip] = (await commands.listAllClips({ limit: 1 })).items;
    const answers = await commands.bulkSelectClips([clip?.id ?? '', 'nobody'], 'picked');
    expect(answers[0]?.done?.flag).toBe('picked');
    expect(answers[1]).toMatchObject({ done: null, refused: { notice: { code: 'not_found' } } });
  });

  it('makes clips, and refuses to make more at the same time', async () => {
    const machine = await open({ library: 'empty' });
    const { commands } = machine;
    const project = await commands.createProject({ name: 'New' });
    await commands.addSources(project.id, ['/footage/A.MOV', '/footage/notes.txt'], false);
    await commands.generateRawClips(project.id, { kind: 'highlight', count: 5 });
    await expect(
      commands.generateRawClips(project.id, { kind: 'highlight', count: 5 }),
    ).rejects.toMatchObject({ notice: { code: 'busy' } });
    machine.finishJobs();
    const clips = await commands.listProjectClips(project.id, {});
    expect(clips.items.map(({ provisional }) => provisional)).toEqual(Array(5).fill(false));
  });

  it('keeps the clips of a generation that was cancelled, as they are', async () => {
    const machine = await open({ library: 'empty' });
    const { commands, world } = machine;
    const project = await commands.createProject({ name: 'New' });
    await commands.addSources(project.id, ['/footage/A.MOV'], false);
    const job = await commands.generateRawClips(project.id, { kind: 'highlight', count: 5 });
    const provisional = async () =>
      (await commands.listProjectClips(project.id, {})).items.map((clip) => clip.provisional);
    for (let turn = 0; turn < 20 && (await provisional()).length === 0; turn += 1) world.tick(400);
    expect(await provisional()).toContain(true);
    await commands.cancelJob(job.id);
    expect(await provisional()).toEqual(Array(5).fill(false));
  });

  it('has sound as long as the clip, and none of a muted one', async () => {
    const { commands, media } = await open();
    const clips = (await commands.listAllClips({ limit: 500 })).items;
    const heard = clips.find((clip) => !clip.muted);
    const muted = clips.find((clip) => clip.muted);
    const bytes = async (id = '') => (await (await fetch(media.clipSound('', id, 1))).blob()).size;
    expect(((await bytes(heard?.id)) - 44) / 8_000).toBeCloseTo((heard?.duration_us ?? 0) / 1e6, 2);
    expect(await bytes(muted?.id)).toBe(0);
  });

  it('marks a final as stale while its clip shows something else', async () => {
    const { commands } = await open();
    const [final] = await commands.listExports(null);
    if (!final) throw new Error('no final');
    const status = async () => {
      const [now] = (await commands.listExports(null)).filter(({ id }) => id === final.id);
      return [now?.stale, (await commands.getClip(final.clip_id)).clip.final_status];
    };
    await commands.updateClipContent(final.clip_id, { script: 'Other words' });
    expect(await status()).toEqual([false, 'done']);
    const { framing } = await commands.getClip(final.clip_id);
    await commands.updateClip(final.clip_id, { framing: { ...framing, centre_x_bp: 1_000 } });
    expect(await status()).toEqual([true, 'stale']);
    await commands.updateClip(final.clip_id, { framing });
    expect(await status()).toEqual([false, 'done']);
  });

  it('tells of changes in the profile of the window only', async () => {
    const machine = await open();
    const heard: StudioEvent[] = [];
    await machine.onStudioEvent((event) => heard.push(event));
    const library = machine.world.library;
    await machine.commands.createProject({ name: 'Here' });
    expect(heard).toEqual([{ type: 'projects_changed' }]);
    const [, other] = await machine.commands.listProfiles();
    await machine.commands.openProfile(other?.id ?? '');
    machine.world.emit(library, { type: 'projects_changed' });
    expect(heard).toHaveLength(1);
  });

  it('fails the commands that it is asked to, and waits as long', async () => {
    const { commands } = await open({ fail: { listProjects: 'disk_full' } });
    await expect(commands.listProjects({})).rejects.toMatchObject({ notice: { code: 'disk_full' } });
    await expect(commands.listAllTags()).resolves.toBeInstanceOf(Array);
  });

  it('holds ten thousand clips', async () => {
    const { commands } = await open({ clips: 10_000 });
    expect((await commands.listAllClips({ sort: 'score', limit: 200 })).total).toBeGreaterThan(9_900);
  });

  it('looks at a source: nothing first, a survey soon, all of it later', async () => {
    const machine = await open();
    const { commands, world } = machine;
    const heard: StudioEvent[] = [];
    await machine.onStudioEvent((event) => heard.push(event));
    const source = (await commands.listAllSources()).find(({ name }) => name.startsWith('A001_C007'));
    const id = source?.id ?? '';
    expect(await commands.getSourceAnalysis(id)).toBeNull();
    const job = await commands.analyseSource(id);
    expect((await commands.analyseSource(id)).id).toBe(job.id);
    world.tick(400);
    world.tick(400);
    world.tick(400);
    expect((await commands.getSourceAnalysis(id))?.detail).toBe('survey');
    machine.finishJobs();
    const all = await commands.getSourceAnalysis(id);
    expect(all).toMatchObject({ detail: 'full', has_sound: true });
    expect(all?.shots.at(-1)?.end_us).toBe(source?.facts.duration_us);
    expect(all?.shots.every((shot, at) => at === 0 || shot.start_us === all.shots[at - 1]?.end_us)).toBe(
      true,
    );
    const told = heard.filter((event) => event.type === 'analysis_changed');
    expect(told).toEqual(Array(2).fill({ type: 'analysis_changed', source_id: id }));
  });

  it('answers a waveform in as many columns as asked, and none without sound', async () => {
    const machine = await open();
    const { commands } = machine;
    const sources = await commands.listAllSources();
    const find = (part: string) => sources.find(({ name }) => name.includes(part))?.id ?? '';
    for (const part of ['GX030112', 'DJI_0112']) await commands.analyseSource(find(part));
    machine.finishJobs();
    const wave = await commands.getSourceWaveform(find('GX030112'), 0, 7_200_000_000, 1_000);
    expect(wave).toHaveLength(2_000);
    expect(wave.every((value) => value >= -127 && value <= 127)).toBe(true);
    expect(await commands.getSourceWaveform(find('DJI_0112'), 0, 1_000_000, 10)).toEqual([]);
    await expect(commands.getSourceWaveform(find('GX030112'), 0, 1, 4_001)).rejects.toMatchObject({
      notice: { code: 'invalid' },
    });
  });

  it('keeps weights for each profile, and takes them back', async () => {
    const { commands } = await open();
    const plain = await commands.getScoreWeights();
    await commands.setScoreWeights({ ...plain, speech: 90 });
    expect((await commands.getScoreWeights()).speech).toBe(90);
    const [mine, other] = await commands.listProfiles();
    await commands.openProfile(other?.id ?? '');
    expect(await commands.getScoreWeights()).toEqual(plain);
    await commands.openProfile(mine?.id ?? '');
    await expect(commands.setScoreWeights({ ...plain, pace: 101 })).rejects.toMatchObject({
      notice: { field: 'pace' },
    });
    expect(await commands.setScoreWeights(null)).toEqual(plain);
  });

  it('reads its options from an address', () => {
    expect(optionsFromAddress('?library=empty&fail=listJobs&delay=40&ffmpeg=missing')).toMatchObject({
      library: 'empty',
      fail: { listJobs: 'library' },
      delay: 40,
      ffmpeg: false,
    });
  });
});

describe('the queue in memory', () => {
  const waiting = async ({ commands }: Awaited<ReturnType<typeof open>>) =>
    (await commands.listJobs({ active: true, limit: 500 }))
      .filter(({ state }) => state === 'queued')
      .sort((a, b) => a.position - b.position)
      .map(({ id }) => id);

  it('keeps what a job has done while it is paused, and lets nothing begin while all is held', async () => {
    const machine = await open();
    const { commands, world } = machine;
    const [running] = (await commands.listJobs({ active: true })).filter(({ state }) => state === 'running');
    if (!running) throw new Error('nothing runs');
    expect((await commands.holdQueue()).held).toBe('editor');
    world.tick(5_000);
    expect(await commands.getJob(running.id)).toMatchObject({
      state: 'paused',
      pause_reason: 'queue',
      progress_bp: running.progress_bp,
    });
    await commands.releaseQueue();
    world.tick(400);
    expect(await commands.getJob(running.id)).toMatchObject({ state: 'running', pause_reason: null });
  });

  it('moves a job before another, and behind all', async () => {
    const machine = await open({ queue: 'busy' });
    const [first = '', second = '', third = ''] = await waiting(machine);
    await machine.commands.moveJob(third, first);
    expect((await waiting(machine)).slice(0, 3)).toEqual([third, first, second]);
    await machine.commands.moveJob(third, null);
    expect((await waiting(machine)).at(-1)).toBe(third);
    const [running] = await machine.commands.listJobs({ active: true });
    await expect(machine.commands.moveJob('job-none', running?.id ?? '')).rejects.toMatchObject({
      notice: { code: 'not_found' },
    });
  });

  it('writes down what happened to a job', async () => {
    const { commands, world } = await open();
    const [job] = (await commands.listJobs({ active: true })).filter(({ state }) => state === 'queued');
    await commands.pauseJob(job?.id ?? '');
    await commands.resumeJob(job?.id ?? '');
    world.finishJobs();
    const events = (await commands.getJobLog(job?.id ?? '')).map(({ event }) => event);
    expect(events).toEqual(['queued', 'paused', 'resumed', 'started', 'stage', 'done']);
  });

  it('tries again what failed, once', async () => {
    const { commands } = await open({ queue: 'failed' });
    const again = await commands.retryFailedJobs();
    expect(again.length).toBeGreaterThan(1);
    expect(await commands.retryFailedJobs()).toEqual([]);
  });
});
