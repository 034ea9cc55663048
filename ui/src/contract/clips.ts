/** Clips: verdicts, lists, edit lists, captions, and the trash. */
import type { Clip, ClipQuery, ContentPatch, Cue, Cut, Field } from '../platform/bindings';
import { check, checkMore, checkSame, need, refused } from './check';
import type { Stage, Step } from './stage';

const SECOND_US = 1_000_000;

const cue = (start_s: number, end_s: number, text: string): Cue => ({
  start_us: Math.round(start_s * SECOND_US),
  end_us: Math.round(end_s * SECOND_US),
  text,
});

/** What is told of clips that changed and are where they were. */
const updatedOf = (...clips: Partial<Clip>[]) => [{ type: 'clips_updated' as const, clips }];

/** The ids of a list, page by page. */
async function idsOf({ commands, project }: Stage, query: ClipQuery): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof commands.listProjectClips>> = await commands.listProjectClips(
      project.id,
      { ...query, cursor },
    );
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

export const clips: Step[] = [
  {
    name: 'a new clip is not judged, shows what its edit list says, and has no words',
    async holds(stage) {
      const { commands, project, source } = stage;
      const detail = await commands.getClip(stage.clip(0).id);
      check('the clip', detail, {
        clip: {
          project_id: project.id,
          project_name: project.name,
          origin: 'highlight',
          flag: 'unflagged',
          rating: 0,
          tags: [],
          muted: false,
          provisional: false,
          cuts: [{ source_id: source.id }],
          has_file: false,
          final_status: 'none',
          deleted_at_ms: null,
        },
        framing: { mode: 'fill', centre_x_bp: 5_000, centre_y_bp: 5_000 },
        content: {
          script: '',
          captions: [],
          style: { font: 'Inter', size_permille: 42, outline_permille: 3, position: 'bottom', bold: true },
        },
        exports: [],
      });
      const [cut] = detail.clip.cuts;
      checkSame('the edit list in a list', stage.clip(0).cuts, detail.clip.cuts);
      check('its length', detail.clip.duration_us, (cut?.out_us ?? 0) - (cut?.in_us ?? 0));
      const numbers = stage.clips.map(({ variant_number }) => variant_number);
      checkSame('the numbers', numbers, [1, 2, 3, 4]);
    },
  },
  {
    name: 'a verdict, stars and tags change what they name, and nothing that is seen',
    async holds(stage) {
      const { commands, project } = stage;
      const { id } = stage.clip(0);
      const { clip: before } = await commands.getClip(id);
      const verdict = { flag: 'picked', rating: 4 } as const;
      const { clip } = await stage.tells(updatedOf({ id, ...verdict }), () =>
        commands.updateClip(id, verdict),
      );
      const { updated_at_ms, changes } = clip;
      checkSame('the clip', clip, { ...before, ...verdict, updated_at_ms, changes });
      checkMore('the changes', changes, before.changes);
      check('the counts', (await commands.getProject(project.id)).counts, {
        clips: 4,
        picked: 1,
        rejected: 0,
      });
      check('the covers', (await commands.getProject(project.id)).cover_clips[0], id);
      await refused('too many stars', commands.updateClip(id, { rating: 6 }), 'invalid', 'rating');

      const tags = async (patch: object) => (await commands.updateClip(id, patch)).clip.tags;
      checkSame('tags', await tags({ tags: [' Sea ', 'sky', 'SEA', ''] }), ['Sea', 'sky']);
      checkSame('added', await tags({ add_tags: ['SKY', 'boat'] }), ['Sea', 'sky', 'boat']);
      checkSame('taken away', await tags({ remove_tags: [' sea '] }), ['sky', 'boat']);
      await refused('a long tag', tags({ add_tags: ['x'.repeat(61)] }), 'invalid', 'tags');
      await refused('a long name', commands.updateClip(id, { name: 'x'.repeat(201) }), 'invalid', 'name');
      checkSame('all tags', await commands.listAllTags(), ['boat', 'sky']);
      checkSame('found by a tag', await idsOf(stage, { tag: 'boat' }), [id]);
      checkSame('only by the whole of it', await idsOf(stage, { tag: 'boa' }), []);
      checkSame('found by its words', await idsOf(stage, { search: ' BOA ' }), [id]);
      checkSame('found by its verdict', await idsOf(stage, { flag: 'picked', min_rating: 4 }), [id]);
    },
  },
  {
    name: 'a pick is put and taken back',
    async holds(stage) {
      const { commands } = stage;
      const { id } = stage.clip(1);
      const flag = async () => (await commands.toggleClipSelection(id)).flag;
      check('picked', await stage.tells(updatedOf({ id, flag: 'picked' }), flag), 'picked');
      check('taken back', await flag(), 'unflagged');
      await commands.updateClip(id, { flag: 'rejected' });
      check('instead of rejected', await flag(), 'picked');
      check('taken back', await flag(), 'unflagged');
    },
  },
  {
    name: 'many clips get one verdict, each with an answer of its own',
    async holds(stage) {
      const { commands, project } = stage;
      const [id, other] = [stage.clip(2).id, stage.clip(3).id];
      const ids = [id, other];
      await commands.deleteClip(other);
      const rejected = { id, flag: 'rejected' } as const;
      const answers = await stage.tells(updatedOf(rejected), () => commands.bulkSelectClips(ids, 'rejected'));
      check('the answers', answers, [
        { item: id, done: rejected, refused: null },
        { item: other, done: null, refused: { notice: { code: 'not_found' } } },
      ]);
      await commands.restoreClips(ids);
      const unflagged = ids.map((each) => ({ id: each, flag: 'unflagged' as const }));
      await stage.tells(updatedOf(...unflagged), () => commands.bulkSelectClips(ids, 'unflagged'));
      check('the counts', (await commands.getProject(project.id)).counts, { clips: 4, rejected: 0 });
    },
  },
  {
    name: 'clips are listed in any order, page by page, each of them once',
    async holds(stage) {
      const { commands } = stage;
      const ids = stage.clips.map(({ id }) => id);
      await commands.updateClip(stage.clip(1).id, { rating: 5, name: 'B last' });
      await commands.updateClip(stage.clip(2).id, { name: 'a first' });
      checkSame('oldest first', await idsOf(stage, { limit: 3 }), ids);
      checkSame('newest first', await idsOf(stage, { sort: 'newest', limit: 3 }), ids.toReversed());
      const [best, next] = await idsOf(stage, { sort: 'rating', limit: 1 });
      checkSame('most stars first', [best, next], [ids[1], ids[0]]);
      const named = await idsOf(stage, { sort: 'name', limit: 2 });
      checkSame('by name', named.slice(0, 2), [ids[2], ids[1]]);
      for (const sort of ['score', 'duration', 'rating', 'name'] as const) {
        const all = await idsOf(stage, { sort, limit: 1 });
        checkSame(`once by ${sort}`, all.toSorted(), ids.toSorted());
      }
      check('in all', await commands.listAllClips({ project_id: stage.project.id, limit: 1 }), {
        items: [{ id: ids[0] }],
        total: 4,
      });
      await refused('too many stars', commands.listAllClips({ min_rating: 6 }), 'invalid', 'min_rating');
    },
  },
  {
    name: 'another edit list has another length and is seen at once, and the same one changes nothing',
    async holds(stage) {
      const { commands, source } = stage;
      const { id } = stage.clip(1);
      const before = await commands.getClip(id);
      const cuts: Cut[] = [
        { source_id: source.id, in_us: 4 * SECOND_US, out_us: 5 * SECOND_US },
        { source_id: source.id, in_us: SECOND_US, out_us: 3 * SECOND_US },
      ];
      const told = updatedOf({ id, cuts, duration_us: 3 * SECOND_US });
      const changed = await stage.tells(told, () => commands.updateClip(id, { cuts }));
      checkSame('the edit list', changed.clip.cuts, cuts);
      check('the length', changed.clip.duration_us, 3 * SECOND_US);
      checkMore('the revision', changed.clip.revision, before.clip.revision);
      const same = await commands.updateClip(id, { cuts });
      check('the same again', same.clip.revision, changed.clip.revision);

      const end = source.facts.duration_us;
      const refusals: [Partial<Cut>, Field][] = [
        [{ in_us: -1 }, 'in_us'],
        [{ in_us: end, out_us: end + SECOND_US }, 'in_us'],
        [{ out_us: end + 1 }, 'out_us'],
        [{ in_us: 0, out_us: 99_999 }, 'out_us'],
      ];
      for (const [wrong, field] of refusals) {
        const patch = { cuts: [{ source_id: source.id, in_us: 0, out_us: SECOND_US, ...wrong }] };
        await refused(`a bad ${field}`, commands.updateClip(id, patch), 'invalid', field);
      }
      await refused('no entry', commands.updateClip(id, { cuts: [] }), 'invalid', 'cuts');
      checkSame('as it was', await commands.getClip(id), same);
    },
  },
  {
    name: 'a frame is moved field by field within its picture, which is another picture',
    async holds(stage) {
      const { commands } = stage;
      const { id } = stage.clip(1);
      const before = await commands.getClip(id);
      const changed = await commands.updateClip(id, { framing: { centre_x_bp: 1_000 } });
      checkSame('the framing', changed.framing, { ...before.framing, centre_x_bp: 1_000 });
      checkMore('the revision', changed.clip.revision, before.clip.revision);
      const patch = { framing: { mode: 'fit', centre_y_bp: 10_001 } } as const;
      await refused('outside', commands.updateClip(id, patch), 'invalid', 'centre_y_bp');
      const same = await commands.updateClip(id, { framing: changed.framing });
      check('the same again', same.clip.revision, changed.clip.revision);
    },
  },
  {
    name: 'captions are in order and apart, their style changes field by field, and a script is not seen',
    async holds(stage) {
      const { commands } = stage;
      const { id } = stage.clip(1);
      const [first, second] = [cue(0, 1, 'One'), cue(1.5, 2.5, 'Two')];
      const change = (patch: ContentPatch) => commands.updateClipContent(id, patch);
      const revision = async () => (await commands.getClip(id)).clip.revision;
      const before = await revision();
      const content = await stage.tells(updatedOf({ id }), () => change({ captions: [second, first] }));
      checkSame('the captions', content.captions, [first, second]);
      checkMore('the revision', await revision(), before);

      const seen = await revision();
      checkSame('a script', await change({ script: 'Words' }), { ...content, script: 'Words' });
      check('its revision', await revision(), seen);
      const styled = await change({ style: { colour: '#ffcc00', bold: false } });
      checkSame('the style', styled, {
        script: 'Words',
        captions: content.captions,
        style: { ...content.style, colour: '#FFCC00', bold: false },
      });
      checkMore('the revision of the style', await revision(), seen);

      const refusals: [ContentPatch, Field][] = [
        [{ captions: [cue(1, 1, 'no length')] }, 'captions'],
        [{ captions: [cue(-1, 1, 'too early')] }, 'captions'],
        [{ captions: [cue(2, 3.1, 'after the clip')] }, 'captions'],
        [{ captions: [cue(0, 1, 'a'), cue(0.9, 2, 'overlaps')] }, 'captions'],
        [{ captions: [cue(0, 1, 'x'.repeat(1_001))] }, 'captions'],
        [{ script: 'x'.repeat(20_001) }, 'script'],
        [{ style: { size_permille: 9 } }, 'size_permille'],
        [{ style: { outline_permille: 21 } }, 'outline_permille'],
        [{ style: { margin_permille: 451 } }, 'margin_permille'],
        [{ style: { outline_colour: 'red' } }, 'outline_colour'],
        [{ style: { font: '' } }, 'font'],
      ];
      for (const [patch, field] of refusals) {
        await refused(`bad ${field}`, change(patch), 'invalid', field);
      }
      checkSame('as they were', (await commands.getClip(id)).content, styled);
    },
  },
  {
    name: 'captions stay with their pictures when the edit list changes',
    async holds(stage) {
      const { commands } = stage;
      const { id } = stage.clip(1);
      const { cuts } = (await commands.getClip(id)).clip;
      const [first, second] = [need('the first cut', cuts[0]), need('the second cut', cuts[1])];
      const captionsAfter = async (edited: Cut[]) =>
        (await commands.updateClip(id, { cuts: edited })).content.captions;
      const later = { ...second, in_us: second.in_us + 0.25 * SECOND_US };
      const trimmed = await captionsAfter([first, later]);
      checkSame('after a trim', trimmed, [cue(0, 1, 'One'), cue(1.25, 2.25, 'Two')]);
      const turned = await captionsAfter([later, first]);
      checkSame('in another order', turned, [cue(0.25, 1.25, 'Two'), cue(1.75, 2.75, 'One')]);
      checkSame('without one', await captionsAfter([later]), [cue(0.25, 1.25, 'Two')]);
    },
  },
  {
    name: 'a clip is muted and heard again, at once',
    async holds(stage) {
      const { commands } = stage;
      const { id } = stage.clip(2);
      const { revision } = (await commands.getClip(id)).clip;
      const told = updatedOf({ id, muted: true });
      const muted = await stage.tells(told, () => commands.removeClipAudio(id));
      check('muted', muted.muted, true);
      checkMore('the revision', muted.revision, revision);
      checkSame('muted again', await commands.removeClipAudio(id), muted);
      const heard = await commands.restoreClipAudio(id);
      check('heard', heard.muted, false);
      checkMore('the revision', heard.revision, muted.revision);
    },
  },
  {
    name: 'a clip has a file once it was asked for, until another edit list or the clearing of all files',
    async holds(stage) {
      const { commands, project } = stage;
      const { id } = stage.clip(2);
      const { clip: before } = await commands.getClip(id);
      check('at first', before.has_file, false);
      await refused('nothing to show', commands.revealClip(id), 'no_clip_file');
      check('of no clip', await commands.makeClipFiles([project.id]), [
        { item: project.id, done: null, refused: { notice: { code: 'not_found' } } },
      ]);

      const make = () =>
        stage.tells(updatedOf({ id, has_file: true }), async () => {
          const [answer] = await commands.makeClipFiles([id]);
          check('the answer', answer, { item: id, done: { kind: 'clip_file', clip_id: id }, refused: null });
          await stage.reaches(need('the job', answer?.done).id, 'done');
        });
      await make();
      const { clip: made } = await commands.getClip(id);
      check('what is seen', made, { has_file: true, revision: before.revision });
      checkMore('the changes', made.changes, before.changes);
      checkSame('once more', await commands.makeClipFiles([id]), [{ item: id, done: null, refused: null }]);

      const [cut] = made.cuts;
      const { source_id, in_us, out_us } = need('the cut', cut);
      const shorter = [{ source_id, in_us, out_us: out_us - SECOND_US }];
      await stage.tells(updatedOf({ id, has_file: false }), () => commands.updateClip(id, { cuts: shorter }));
      await make();
      const cleared = await stage.tells([{ type: 'clips_changed', project_id: project.id }], () =>
        commands.clearClipFiles(),
      );
      check('what was cleared', cleared.files, 1);
      checkMore('the space', cleared.bytes, 0);
      check('afterwards', (await commands.getClip(id)).clip.has_file, false);
      checkSame('nothing left', await commands.clearClipFiles(), { files: 0, bytes: 0 });
    },
  },
  {
    name: 'a profile that wants files of its clips has them made of each new one',
    async holds(stage) {
      const { commands } = stage;
      const { settings } = await commands.updateProfileSettings({ clip_files: true });
      check('the setting', settings.clip_files, true);
      const [, , made] = await stage.projectWithClips('With files', 2);
      for (const { id } of made) {
        await stage.until('its file', async () => (await commands.getClip(id)).clip.has_file);
      }
      await stage.idle();
      await commands.updateProfileSettings({ clip_files: false });
      check('what was cleared', await commands.clearClipFiles(), { files: made.length });
    },
  },
];

export const trash: Step[] = [
  {
    name: 'a clip in the trash is out of the lists, cannot be changed, and comes back',
    async holds(stage) {
      const { commands, project } = stage;
      const { id } = stage.clip(0);
      const told = [{ type: 'clips_changed' as const, project_id: project.id }];
      const before = await commands.getClip(id);
      const trashed = await stage.tells(told, () => commands.deleteClip(id));
      checkMore('when', trashed.deleted_at_ms ?? 0, 0);
      checkSame('again', await commands.deleteClip(id), trashed);
      const unknown = [{ done: null, refused: { notice: { code: 'not_found' } } }];
      check('among many', await commands.bulkDeleteClips([id]), unknown);
      check('in the list', (await idsOf(stage, {})).includes(id), false);
      checkSame('in the trash', await idsOf(stage, { trashed: true }), [id]);
      check('the counts', (await commands.getProject(project.id)).counts, { clips: 3, picked: 0 });
      checkSame('its tags', await commands.listAllTags(), []);
      checkSame('read', (await commands.getClip(id)).clip, trashed);
      await refused('a change', commands.updateClip(id, { rating: 1 }), 'not_found');
      await refused('a pick', commands.toggleClipSelection(id), 'not_found');
      await refused('muting', commands.removeClipAudio(id), 'not_found');
      await refused('words', commands.updateClipContent(id, { script: 'A' }), 'not_found');
      await refused('an estimate', commands.estimateRender([id], ['square']), 'not_found');
      await refused('a final', commands.renderFinalClip(id, 'square', null), 'not_found');
      const [restored] = await stage.tells(told, () => commands.restoreClips([id]));
      const clip = need('the clip', restored?.done);
      const { updated_at_ms, changes } = clip;
      checkSame('restored', clip, { ...before.clip, updated_at_ms, changes });
      checkMore('the changes', changes, trashed.changes);
      check('again', await commands.restoreClips([id]), unknown);
      checkSame(
        'the list',
        await idsOf(stage, {}),
        stage.clips.map((each) => each.id),
      );
    },
  },
  {
    name: 'emptying the trash ends clips and projects with all in them, and deletes their files even while the queue is held',
    async holds(stage) {
      const { commands } = stage;
      const [kept, , [first, ...rest]] = await stage.projectWithClips('Half thrown away', 2);
      const [gone, source, inside] = await stage.projectWithClips('All thrown away', 2);
      const thrown = need('the clip', first);
      await commands.deleteClip(thrown.id);
      await commands.deleteProject(gone.id);
      const [segment] = await commands.listSegments(gone.id);

      const emptied = await stage.held(async () => {
        const answer = await stage.tells(
          [
            { type: 'projects_changed' },
            { type: 'clips_changed', project_id: kept.id },
            { type: 'exports_changed', project_id: kept.id },
            { type: 'clips_changed', project_id: gone.id },
            { type: 'job_changed', job: { kind: 'delete_files' } },
          ],
          () => commands.emptyTrash(),
        );
        const job = await stage.reaches(need('the job', answer.job_id), 'done');
        check('the job', job, { class: 'brief', project_id: null, result: { type: 'deleted' } });
        return answer;
      });
      check('what it ended', emptied, { clips: 1 + inside.length, projects: 1 });
      check('the other clips', await commands.listProjectClips(kept.id, {}), {
        items: rest.map(({ id }) => ({ id })),
      });
      const ended: [string, Promise<unknown>][] = [
        ['the project', commands.getProject(gone.id)],
        ['its clip', commands.getClip(inside[0]?.id ?? '')],
        ['its source', commands.getSource(source.id)],
        ['its segments', commands.listSegments(gone.id)],
        ['its segment', commands.removeSegment(need('the segment', segment).id)],
        ['the single clip', commands.getClip(thrown.id)],
      ];
      for (const [what, call] of ended) await refused(what, call, 'not_found');
      checkSame('nothing left', await commands.emptyTrash(), { clips: 0, projects: 0, job_id: null });
    },
  },
];
