import { describe, expect, it } from 'vitest';
import { AppFailure } from './failure';
import { createMemoryPlatform, type MemoryOptions, optionsFromAddress } from './memory';
import type { StudioEvent } from './bindings';

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
    await expect(commands.getProject(mine.items[0]?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('fails with an AppFailure that names the field', async () => {
    const { commands } = await open();
    const failure = await commands
      .createProject({ name: 'x'.repeat(201) })
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(AppFailure);
    expect(failure).toMatchObject({ code: 'invalid', detail: 'name' });
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
    expect(answers[1]).toMatchObject({ done: null, refused: { code: 'not_found' } });
  });

  it('makes clips, and refuses to make more at the same time', async () => {
    const machine = await open({ library: 'empty' });
    const { commands } = machine;
    const project = await commands.createProject({ name: 'New' });
    await commands.addSources(project.id, ['/footage/A.MOV', '/footage/notes.txt'], false);
    await commands.generateRawClips(project.id, { kind: 'highlight', count: 5 });
    await expect(
      commands.generateRawClips(project.id, { kind: 'highlight', count: 5 }),
    ).rejects.toMatchObject({ code: 'busy' });
    machine.finishJobs();
    const clips = await commands.listProjectClips(project.id, {});
    expect(clips.items.map(({ raw_state }) => raw_state)).toEqual(Array(5).fill('ready'));
  });

  it('marks a final as stale when its clip changes', async () => {
    const { commands } = await open();
    const [final] = await commands.listExports(null);
    if (!final) throw new Error('no final');
    await commands.updateClipContent(final.clip_id, { script: 'Other words' });
    const [now] = (await commands.listExports(null)).filter(({ id }) => id === final.id);
    expect(now?.stale).toBe(true);
    expect((await commands.getClip(final.clip_id)).clip.final_status).toBe('stale');
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
    await expect(commands.listProjects({})).rejects.toMatchObject({ code: 'disk_full' });
    await expect(commands.listAllTags()).resolves.toBeInstanceOf(Array);
  });

  it('holds ten thousand clips', async () => {
    const { commands } = await open({ clips: 10_000 });
    expect((await commands.listAllClips({ sort: 'score', limit: 200 })).total).toBeGreaterThan(9_900);
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
