/** Fake analysis results: deterministic and consistent. */
import type {
  Candidate,
  FilmSheet,
  ScoreParts,
  ScoreWeights,
  ShotMark,
  SourceAnalysis,
  Stretch,
} from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { chance, seedOf } from './chance';
import type { Library, SourceRow } from './library';
import { invalid } from './rules';
import { ACTIVE, type World } from './world';

type Part = Pick<
  Commands,
  'getSourceAnalysis' | 'analyseSource' | 'getSourceWaveform' | 'getScoreWeights' | 'setScoreWeights'
>;

const US = 1_000_000;
/** A first result after 0.6 s, the full one 2.5 s later. */
const SURVEY_S = 0.6;
const FULL_S = 3.1;
const SURVEY_BP = Math.round((SURVEY_S / FULL_S) * 10_000);
const HELD_BP = 4_200;
const FAILS_BP = 3_000;
const COLUMNS_MAX = 4_000;
const WAVE_STEP_US = 10_000;
const CANDIDATES = 12;
const TILES_MAX = 480;

export const PLAIN_WEIGHTS: ScoreWeights = {
  motion: 25,
  sharpness: 15,
  colour: 10,
  loudness: 20,
  speech: 20,
  novelty: 15,
  pace: 5,
};

export function sheetOf({ facts }: SourceRow): FilmSheet {
  const tiles = Math.min(TILES_MAX, Math.max(1, Math.ceil(facts.duration_us / (2 * US))));
  const columns = Math.min(20, tiles);
  const ratio = facts.video.width / facts.video.height;
  return {
    tiles,
    columns,
    rows: Math.ceil(tiles / columns),
    step_us: Math.ceil(facts.duration_us / tiles),
    tile_width: Math.round(90 * ratio),
    tile_height: 90,
  };
}

/** Alternating stretches and gaps, up to the end. */
function turns(
  until_us: number,
  random: () => number,
  each: readonly [number, number],
  gap: readonly [number, number],
): Stretch[] {
  const within = ([least, most]: readonly [number, number]) =>
    Math.round((least + random() * (most - least)) * US);
  const found: Stretch[] = [];
  for (let at = within(gap); at < until_us; at += within(gap)) {
    const end_us = Math.min(until_us, at + within(each));
    if (end_us - at > US / 10) found.push({ start_us: at, end_us });
    at = end_us;
  }
  return found;
}

function shotsOf(duration_us: number, random: () => number): ShotMark[] {
  const shots: ShotMark[] = [];
  for (let at = 0; at < duration_us;) {
    const left = duration_us - at;
    const length = Math.round((1.5 + random() ** 2 * 14) * US);
    const end_us = left - length < 1.5 * US ? duration_us : at + length;
    const draw = random();
    const kind = at === 0 ? 'start' : draw < 0.84 ? 'cut' : draw < 0.94 ? 'dissolve' : 'fade';
    const length_us =
      kind === 'dissolve' || kind === 'fade'
        ? Math.min(Math.round((0.6 + random()) * US), (end_us - at) / 2)
        : 0;
    shots.push({ start_us: at, end_us, in: { kind, length_us: Math.round(length_us) } });
    at = end_us;
  }
  return shots;
}

function partsOf(random: () => number): ScoreParts {
  const part = () => Math.round((0.2 + random() * 0.8) * 10_000);
  return {
    motion_bp: part(),
    sharpness_bp: part(),
    colour_bp: part(),
    loudness_bp: part(),
    speech_bp: part(),
    novelty_bp: part(),
    pace_bp: part(),
  };
}

function scoreOf(parts: ScoreParts, weights: ScoreWeights): number {
  const keys = Object.keys(PLAIN_WEIGHTS) as (keyof ScoreWeights)[];
  const sum = keys.reduce((total, key) => total + weights[key], 0);
  const of = (key: keyof ScoreWeights) => parts[`${key}_bp`] * (sum === 0 ? 1 : weights[key]);
  return Math.round(keys.reduce((total, key) => total + of(key), 0) / (sum === 0 ? keys.length : sum));
}

/** Whether one of its sound tracks is used. */
export function isHeard(source: SourceRow): boolean {
  return source.facts.audio.some((track) => track.used);
}

function candidatesOf(source: SourceRow, weights: ScoreWeights, random: () => number): Candidate[] {
  const { duration_us } = source.facts;
  const count = Math.max(1, Math.min(CANDIDATES, Math.floor(duration_us / (26 * US))));
  const room = duration_us / count;
  return Array.from({ length: count }, (_, index) => {
    const length = Math.min(room * 0.9, (14 + random() * 9) * US);
    const start_us = Math.round(index * room + random() * (room - length));
    const parts = partsOf(random);
    if (!isHeard(source)) parts.loudness_bp = parts.speech_bp = 0;
    return { start_us, end_us: Math.round(start_us + length), score_bp: scoreOf(parts, weights), parts };
  }).sort((a, b) => b.score_bp - a.score_bp);
}

/** The full analysis of a source. */
function whole(source: SourceRow, weights: ScoreWeights): SourceAnalysis {
  const { duration_us } = source.facts;
  const audio = isHeard(source);
  const random = chance(seedOf(`${source.name} ${duration_us}`));
  const shots = shotsOf(duration_us, random);
  const fades = shots.filter((shot) => shot.in.kind === 'fade');
  const talk = turns(duration_us, random, [1.4, 6.5], [0.35, 2.2]);
  const quiet = turns(duration_us, random, [9, 26], [14, 60]);
  const speech = audio
    ? talk.filter((each) => !quiet.some((q) => each.start_us < q.end_us && q.start_us < each.end_us))
    : [];
  const damaged = /^GX02|damaged/i.test(source.name);
  return {
    detail: 'full',
    duration_us,
    shots,
    blanks: fades.map(({ start_us }) => ({ start_us: Math.max(0, start_us - 0.7 * US), end_us: start_us })),
    flashes: [],
    frozen: turns(duration_us, random, [2, 7], [60, 240]),
    damage: damaged ? turns(duration_us, random, [1.2, 6], [40, 110]).slice(0, 4) : [],
    silences: audio
      ? quiet.map(({ start_us, end_us }) => ({ start_us, end_us: (start_us + end_us) / 2 }))
      : [],
    speech,
    onsets: audio ? turns(duration_us, random, [0.2, 0.3], [0.3, 1.4]).map((each) => each.start_us) : [],
    clipped: audio ? turns(duration_us, random, [0.15, 0.5], [30, 150]) : [],
    loudness: audio ? { integrated_mlufs: -23_100, true_peak_mdb: -1_200 } : null,
    has_sound: audio,
    bars: null,
    candidates: candidatesOf(source, weights, random),
    sheet: sheetOf(source),
    outdated: false,
  };
}

/** What key frames alone reveal: approximate boundaries, and no sound yet. */
function survey(full: SourceAnalysis): SourceAnalysis {
  const near = (us: number) => Math.min(full.duration_us, Math.round(us / (US / 2)) * (US / 2));
  const roughly = <T extends Stretch>(each: T): T => ({
    ...each,
    start_us: near(each.start_us),
    end_us: Math.max(near(each.end_us), near(each.start_us) + US / 2),
  });
  const starts = full.shots.filter((shot, index) => index === 0 || shot.in.kind !== 'dissolve');
  return {
    ...full,
    detail: 'survey',
    shots: starts.map((shot, index) => ({
      start_us: near(shot.start_us),
      end_us: near(starts[index + 1]?.start_us ?? full.duration_us),
      in: { kind: index === 0 ? 'start' : 'cut', length_us: 0 },
    })),
    blanks: [],
    flashes: [],
    frozen: [],
    silences: [],
    speech: [],
    onsets: [],
    clipped: [],
    loudness: null,
    has_sound: false,
    candidates: full.candidates.map(roughly),
    sheet: null,
  };
}

/** Loudness at a step, 0 to 1: syllables of speech, quiet in between, some room tone throughout. */
function loudnessAt(analysis: SourceAnalysis, step: number): number {
  const us = step * WAVE_STEP_US;
  const inside = (stretches: Stretch[]) => {
    let low = 0;
    let high = stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((stretches[middle] as Stretch).end_us > us) high = middle;
      else low = middle + 1;
    }
    return (stretches[low]?.start_us ?? Infinity) <= us;
  };
  let noise = Math.imul(step ^ (step >>> 13), 0x5bd1e995);
  noise = ((noise ^ (noise >>> 15)) >>> 0) / 4_294_967_296;
  if (inside(analysis.clipped)) return 1;
  if (inside(analysis.silences)) return 0.01 + noise * 0.01;
  if (inside(analysis.speech)) {
    const syllable = 0.55 + 0.45 * Math.sin(step / 4.1 + Math.sin(step / 37) * 4);
    return (0.1 + 0.62 * syllable * (0.7 + 0.3 * Math.sin(step / 211))) * (0.6 + 0.4 * noise);
  }
  return (0.07 + 0.05 * Math.sin(step / 900)) * (0.5 + noise);
}

export function analysisCommands(world: World): Part {
  const made = new Map<string, SourceAnalysis>();
  const weightsOf = (library: Library) => library.profile.settings.score_weights ?? PLAIN_WEIGHTS;

  const fullOf = (library: Library, source: SourceRow): SourceAnalysis => {
    const key = JSON.stringify([source.id, source.name, source.facts.duration_us, weightsOf(library)]);
    const known = made.get(key) ?? whole(source, weightsOf(library));
    made.set(key, known);
    return known;
  };

  return {
    getSourceAnalysis: async (id) => {
      const library = world.library;
      const source = library.source(id);
      const detail = library.looked.get(source.id);
      if (!detail) return null;
      const full = { ...fullOf(library, source), outdated: library.outdated.has(source.id) };
      return structuredClone(detail === 'full' ? full : survey(full));
    },
    analyseSource: async (id) => {
      const library = world.library;
      const source = library.source(id);
      world.needFfmpeg();
      if (source.state === 'missing') {
        throw new AppFailure({ code: 'source_missing', name: source.name });
      }
      const running = library.looking.get(id);
      const before = running === undefined ? undefined : library.jobs.get(running);
      if (before && ACTIVE.has(before.state)) return structuredClone(before);
      const found = (detail: 'survey' | 'full') => {
        const renewed = library.outdated.delete(id);
        if (library.looked.get(id) === detail && !renewed) return;
        library.looked.set(id, detail);
        world.emit(library, { type: 'analysis_changed', source_id: id });
      };
      const { analysis } = world.options;
      const job = world.queue(
        library,
        { kind: 'analyse', title: source.name, project_id: source.project_id },
        {
          stage: 'looking',
          seconds: FULL_S,
          ...(analysis === 'survey' ? { holdAt: HELD_BP } : {}),
          ...(analysis === 'fails'
            ? {
                failAt: {
                  progress_bp: FAILS_BP,
                  error: { code: 'file_unreadable', name: source.name },
                },
              }
            : {}),
          onProgress: (bp) => {
            if (bp >= SURVEY_BP && !library.looked.has(id)) found('survey');
          },
          onDone: () => {
            found('full');
            return null;
          },
        },
      );
      library.looking.set(id, job.id);
      return job;
    },
    getSourceWaveform: async (id, from_us, to_us, columns) => {
      const library = world.library;
      const source = library.source(id);
      if (columns < 1 || columns > COLUMNS_MAX)
        throw invalid('columns', { why: 'columns', most: COLUMNS_MAX });
      if (from_us < 0 || to_us <= from_us) throw invalid('to_us', { why: 'end_before_start' });
      if (!isHeard(source) || library.looked.get(id) !== 'full') return [];
      const analysis = fullOf(library, source);
      const steps = (to_us - from_us) / WAVE_STEP_US / columns;
      return Array.from({ length: columns }, (_, column) => {
        const first = Math.floor(from_us / WAVE_STEP_US + column * steps);
        const count = Math.max(1, Math.min(24, Math.round(steps)));
        let peak = 0;
        for (let at = 0; at < count; at += 1) {
          peak = Math.max(peak, loudnessAt(analysis, first + Math.floor((at / count) * steps)));
        }
        const value = Math.round(Math.min(1, peak) * 127);
        return [-Math.round(value * (0.8 + 0.2 * Math.sin(first))), value];
      }).flat();
    },
    getScoreWeights: async () => ({ ...weightsOf(world.library) }),
    setScoreWeights: async (patch) => {
      const { library } = world;
      for (const [field, value] of Object.entries(patch ?? {}) as [keyof ScoreWeights, number | null][]) {
        if (value !== null && (value < 0 || value > 100)) throw invalid(field, { why: 'score_weight' });
      }
      library.profile = {
        ...library.profile,
        settings: {
          ...library.profile.settings,
          score_weights: patch && ({ ...weightsOf(library), ...patch } as ScoreWeights),
        },
      };
      return { ...weightsOf(library) };
    },
  };
}
