/** Commands that start work: making clips, rendering. */
import { mostClips } from '../lib/making';
import { areaOf, isClear } from '../lib/safe-areas';
import type {
  Clip,
  ClipOrigin,
  Cut,
  Job,
  RenderEstimate,
  RenderWarning,
  RowKind,
} from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { chance } from './chance';
import { makeClipFile } from './clip-files';
import { addClip, addExport, addSource, finalBytes, finalName } from './footage';
import type { Library, SourceRow } from './library';
import { PRESETS } from './presets';
import { outcome } from './projects';
import { checkCount, checkTarget, notFound } from './rules';
import type { Work, World } from './world';

type Part = Pick<
  Commands,
  | 'createSampleProject'
  | 'generateRawClips'
  | 'generateFromSegments'
  | 'listExportPresets'
  | 'estimateRender'
  | 'renderFinalClip'
  | 'bulkRenderClips'
  | 'listExports'
  | 'revealExport'
>;

const US = 1_000_000;

interface Making {
  project: string;
  origin: ClipOrigin;
  count: number;
  length_us: number;
  seconds: number;
  /** The sources that are known in full once it is done. */
  analysed: readonly string[];
  cutsOf: (number: number) => Cut[] | undefined;
  sourceOf: (number: number) => SourceRow | undefined;
}

/** Work that adds provisional clips after a third of the time and settles them one by one. */
function makingWork(world: World, library: Library, making: Making): Work {
  const random = chance(library.clips.size + making.count);
  const first = Math.max(0, ...library.clipsOf(making.project).map(({ clip }) => clip.variant_number)) + 1;
  const made: Clip[] = [];
  const begin = () => {
    for (let at = 0; made.length < making.count; at += 1) {
      const cuts = making.cutsOf(at);
      const row = addClip(world, library, making.project, making.sourceOf(at), first + at, random, {
        origin: making.origin,
        length_us: making.length_us,
        provisional: making.origin !== 'segments',
        ...(cuts ? { cuts } : {}),
      });
      made.push(row.clip);
    }
  };
  const settle = (count: number) => {
    const clips = made.slice(0, count).filter((clip) => clip.provisional);
    for (const clip of clips) {
      clip.provisional = false;
      clip.changes += 1;
    }
    if (clips.length > 0) world.emit(library, { type: 'clips_updated', clips });
  };
  const work: Work = {
    stage: 'looking',
    seconds: making.seconds,
    key: `make:${making.project}`,
    onProgress: (bp) => {
      if (bp < 3_300) return;
      if (made.length === 0) {
        work.stage = 'analysing';
        begin();
        world.emit(library, { type: 'clips_changed', project_id: making.project });
      }
      settle(Math.floor(((bp - 3_300) / 6_700) * made.length));
    },
    onDone: () => {
      settle(made.length);
      for (const id of making.analysed) {
        library.looked.set(id, 'full');
        world.emit(library, { type: 'analysis_changed', source_id: id });
      }
      if (library.profile.settings.clip_files) {
        // Without its footage a clip gets none.
        for (const clip of made) outcome(clip.id, () => makeClipFile(world, library, clip, null));
      }
      return { type: 'clips', made: made.length };
    },
    onCancelled: () => {
      // What was proposed stays as it is. Tried again, it begins anew.
      settle(made.length);
      made.length = 0;
      work.stage = 'looking';
    },
  };
  return work;
}

export function makingCommands(world: World): Part {
  /** The rows of a project that were asked for; none where that was left open. */
  const chosenOf = <T extends { id: string }>(rows: T[], ids: string[] | undefined, what: RowKind) => {
    if (!ids?.length) return null;
    if (ids.some((id) => !rows.some((row) => row.id === id))) throw notFound(what);
    return rows.filter(({ id }) => ids.includes(id));
  };

  const presetOf = (key: string) => {
    const preset = PRESETS.find((each) => each.key === key);
    if (!preset) throw notFound('preset');
    return preset;
  };

  const estimate = (id: string, key: string): RenderEstimate => {
    const { clip, content } = world.library.liveClip(id);
    const { spec } = presetOf(key);
    const sources = clip.cuts.map((cut) => world.library.source(cut.source_id));
    const bytes = finalBytes(clip.duration_us, key);
    const warnings: RenderWarning[] = [];
    const missing = [...new Set(sources.filter(({ state }) => state === 'missing').map(({ name }) => name))];
    if (missing.length > 0) warnings.push('source_missing');
    if (spec.max_duration_us !== null && clip.duration_us > spec.max_duration_us) warnings.push('too_long');
    if (spec.max_bytes !== null && bytes > spec.max_bytes) warnings.push('too_large');
    const { frame } = spec;
    const shorter = ({ width, height }: { width: number; height: number }) => Math.min(width, height);
    if (frame && sources.some(({ facts }) => shorter(facts.video) * 10 < shorter(frame) * 8)) {
      warnings.push('upscaled');
    }
    const audio = sources.flatMap((source) => source.facts.audio);
    const heard = audio.some((track) => track.used && track.heard !== 'silence');
    if (!clip.muted && audio.length > 0 && !heard) warnings.push('silent');
    const spoken = content.captions.some(({ text }) => text.trim() !== '');
    if (spoken && spec.frame && !isClear(content.style, areaOf(key))) warnings.push('captions_covered');
    if (spec.video.codec === 'copy' && content.captions.length > 0) warnings.push('captions_ignored');
    return {
      clip_id: id,
      preset: key,
      duration_us: clip.duration_us,
      bytes,
      seconds: Math.max(1, Math.round(clip.duration_us / US / 2)),
      file_name: finalName(clip.name, key),
      warnings,
      missing,
      up_to_date:
        world.library.detail(id).exports.find((final) => final.preset === key && !final.stale)?.id ?? null,
    };
  };

  const render = (id: string, key: string, folder: string | null, batch_id: string | null): Job => {
    const library = world.library;
    world.needFfmpeg();
    const row = library.liveClip(id);
    const preset = presetOf(key);
    library.requireFootage(row.clip);
    const { project_id } = row.clip;
    return world.queue(
      library,
      {
        kind: 'render',
        // A lossless cut needs the disk only.
        class: preset.spec.video.codec === 'copy' ? 'light' : 'encode',
        title: `${row.clip.name} · ${preset.name}`,
        project_id,
        clip_id: id,
        batch_id,
      },
      {
        stage: 'encoding',
        seconds: Math.max(3, row.clip.duration_us / US / 2),
        key: `render:${id}:${key}`,
        onDone: (job) => {
          const made = addExport(world, library, row, key, job.id, world.now(), folder ?? undefined);
          world.emit(library, { type: 'exports_changed', project_id });
          return { type: 'final', export_id: made.id };
        },
      },
    );
  };

  return {
    createSampleProject: async () => {
      world.needFfmpeg();
      const library = world.library;
      const id = world.id('project');
      const now = world.now();
      library.projects.set(id, {
        id,
        name: 'Sample project',
        description: '',
        context: '',
        target_duration_us: 8 * US,
        status: 'active',
        created_at_ms: now,
        updated_at_ms: now,
        deleted_at_ms: null,
      });
      const source = addSource(world, library, id, '/home/ana/.local/share/rushes/sample/Sample.mp4');
      world.emit(library, { type: 'projects_changed' });
      return world.queue(
        library,
        { kind: 'sample', title: 'Sample project', project_id: id },
        makingWork(world, library, {
          project: id,
          origin: 'highlight',
          count: 6,
          length_us: 8 * US,
          seconds: 8,
          analysed: [source.id],
          cutsOf: () => undefined,
          sourceOf: () => source,
        }),
      );
    },
    generateRawClips: async (project, request) => {
      const library = world.library;
      const row = library.liveProject(project);
      const count = checkCount('count', request.count);
      const length_us = checkTarget(
        'target_duration_us',
        request.target_duration_us ?? row.target_duration_us,
      );
      world.needFfmpeg();
      const all = library.sourcesOf(project);
      const sources =
        chosenOf(all, request.source_ids, 'source') ?? all.filter(({ state }) => state === 'ready');
      if (sources.length === 0) throw new AppFailure({ code: 'no_sources', why: 'none_yet' });
      const sourceOf = (at: number) => sources[at % sources.length];
      // Clips made together share no footage.
      const footage = sources.reduce((sum, source) => sum + source.facts.duration_us, 0);
      const made = Math.min(count, mostClips(footage, length_us));
      const making: Making = {
        project,
        origin: request.kind,
        count: made,
        length_us,
        seconds: 4 + made,
        analysed: sources.map(({ id }) => id),
        cutsOf: () => undefined,
        sourceOf,
      };
      const work = makingWork(world, library, making);
      const job = world.queue(library, { kind: 'generate', title: row.name, project_id: project }, work);
      const settled = work.onDone;
      work.onDone = (ended) => {
        if (made < count) ended.notes = [{ code: 'fewer_clips', why: 'too_short' }];
        return settled?.(ended) ?? null;
      };
      return job;
    },
    generateFromSegments: async (project, request) => {
      const library = world.library;
      const row = library.liveProject(project);
      const count = checkCount('variant_count', request.variant_count);
      const length_us = checkTarget('target_duration_us', request.target_duration_us);
      world.needFfmpeg();
      const all = [...library.segments.values()].filter((segment) => segment.project_id === project);
      const chosen = chosenOf(all, request.segment_ids, 'segment') ?? all;
      if (chosen.length === 0) throw new AppFailure({ code: 'no_segments' });
      const making: Making = {
        project,
        origin: 'segments',
        count,
        length_us,
        seconds: 2 + count,
        analysed: [],
        // Each variant starts with another segment.
        cutsOf: (at) => {
          const turn = at % chosen.length;
          const order = [...chosen.slice(turn), ...chosen.slice(0, turn)];
          return order.map(({ source_id, in_us, out_us }) => ({ source_id, in_us, out_us }));
        },
        sourceOf: (at) => library.sources.get(chosen[at % chosen.length]?.source_id ?? ''),
      };
      const job = { kind: 'generate_from_segments' as const, title: row.name, project_id: project };
      return world.queue(library, job, makingWork(world, library, making));
    },
    listExportPresets: async () => structuredClone(PRESETS),
    estimateRender: async (ids, presets) =>
      ids.flatMap((id) => presets.map((preset) => estimate(id, preset))),
    renderFinalClip: async (id, preset, folder) => render(id, preset, folder, null),
    bulkRenderClips: async (ids, presets, folder) => {
      const batch = ids.length * presets.length > 1 ? world.id('batch') : null;
      return ids.flatMap((id) =>
        presets.map((preset) => outcome(`${id} ${preset}`, () => render(id, preset, folder, batch))),
      );
    },
    listExports: async (project) => {
      if (project !== null) world.library.project(project);
      return structuredClone(world.library.exportsOf(project));
    },
    revealExport: async (id) => {
      world.library.export(id);
      return null;
    },
  };
}
