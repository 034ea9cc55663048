/** Seed data: three profiles, one busy, one small, one empty. */
import type { Flag, JobState, Profile } from '../platform/bindings';
import { chance, seedOf } from './chance';
import { addClip, addExport, addSource } from './footage';
import { Library } from './library';
import { PLAIN_SETTINGS } from './profiles';
import { backlog, leftOvers, tellLogs } from './seed-queue';
import type { World } from './world';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const US = 1_000_000;

interface Plan {
  name: string;
  description?: string;
  status?: 'active' | 'done' | 'archived';
  days: number;
  files: string[];
  clips: number;
  picked: number;
  rejected: number;
  finals: string[];
  deleted?: boolean;
}

const BUSY: Plan[] = [
  {
    name: 'Spring campaign',
    description: 'Fifteen-second cuts for the feed, and one minute for the site.',
    days: 0.1,
    files: ['A001_C004_0412KX.MOV', 'A001_C007_0412KX.MOV', 'DJI_0047.MP4'],
    clips: 24,
    picked: 6,
    rejected: 5,
    finals: ['tiktok', 'instagram_reels', 'youtube_shorts', 'feed_4x5'],
  },
  {
    name: 'Clara & Tom, the wedding',
    days: 1.2,
    files: ['C0012.MP4', 'C0013.MP4', 'C0021.MP4', 'IMG_2381.mov', 'GX010087.MP4'],
    clips: 32,
    picked: 11,
    rejected: 8,
    finals: ['youtube_1080p', 'instagram_story'],
  },
  {
    name: 'Rooftop sessions, interviews with the neighbours of the eleventh district, second day of shooting, camera B',
    days: 3,
    files: [
      'B002_C001_0409RT — interview with the neighbours on the roof, take 4, sound from the lavalier.MOV',
      'B002_C002_0409RT.MOV',
    ],
    clips: 9,
    picked: 0,
    rejected: 0,
    finals: [],
  },
  {
    name: 'Trail running reel',
    days: 6,
    // The second one is damaged.
    files: ['GX010112.MP4', 'GX020112.MP4'],
    clips: 12,
    picked: 3,
    rejected: 2,
    finals: ['tiktok'],
  },
  {
    name: 'Ceramics studio portrait',
    days: 9,
    files: ['P1022318.MOV'],
    clips: 0,
    picked: 0,
    rejected: 0,
    finals: [],
  },
  { name: 'Untitled project', days: 12, files: [], clips: 0, picked: 0, rejected: 0, finals: [] },
  {
    name: 'Product launch',
    status: 'done',
    days: 40,
    // One without sound, and one of two hours.
    files: ['A004_C002_0301LM.MOV', 'DJI_0112.MP4', 'GX030112 two hours at the wheel.MP4'],
    clips: 8,
    picked: 2,
    rejected: 6,
    finals: ['linkedin', 'x'],
  },
  {
    name: 'Harbour at night',
    status: 'archived',
    days: 120,
    files: ['C0188.MP4'],
    clips: 6,
    picked: 1,
    rejected: 1,
    finals: [],
  },
  { name: 'Lens tests', days: 30, files: [], clips: 3, picked: 0, rejected: 0, finals: [], deleted: true },
];

const SMALL: Plan[] = [
  {
    name: 'Schreinerei-Film',
    days: 0.5,
    files: ['Werkstatt_01.mov', 'Werkstatt_02.mov'],
    clips: 10,
    picked: 4,
    rejected: 1,
    finals: ['square'],
  },
  { name: 'Messe Köln', days: 4, files: ['MVI_0231.MP4'], clips: 5, picked: 1, rejected: 0, finals: [] },
];

const NAMES = [
  'Golden hour',
  'Hands',
  'Wide of the square',
  'Laughing',
  'Turn to camera',
  'Walk and talk',
  'Detail',
  'Crowd',
  'Establishing',
  'Slow push in',
];
const TAGS = ['b-roll', 'interview', 'drone', 'golden hour', 'hero', 'people', 'detail'];

function plant(world: World, library: Library, plan: Plan): string {
  const random = chance(seedOf(plan.name));
  const at = world.now() - plan.days * DAY;
  const id = world.id('project');
  library.projects.set(id, {
    id,
    name: plan.name,
    description: plan.description ?? '',
    context: '',
    target_duration_us: 20 * US,
    status: plan.status ?? 'active',
    created_at_ms: at - 2 * DAY,
    updated_at_ms: at,
    deleted_at_ms: plan.deleted ? at : null,
  });
  const sources = plan.files.map((file) =>
    addSource(world, library, id, `/home/ana/Footage/${plan.name}/${file}`),
  );
  for (const source of sources) source.added_at_ms = at - DAY;
  const clips = Array.from({ length: plan.clips }, (_, index) => {
    const source = sources[index % Math.max(1, sources.length)];
    const row = addClip(world, library, id, source, index + 1, random);
    const flag: Flag = index % 3 === 0 && index / 3 < plan.picked ? 'picked' : 'unflagged';
    row.clip.flag = flag;
    if (random() < 0.35) row.clip.name = `${NAMES[Math.floor(random() * NAMES.length)]} ${index + 1}`;
    if (random() < 0.4) row.clip.tags = [TAGS[Math.floor(random() * TAGS.length)] ?? 'hero'];
    if (random() < 0.45) row.clip.rating = 1 + Math.floor(random() * 5);
    row.clip.muted = source?.facts.audio.length === 0 || random() < 0.12;
    row.clip.has_file = index % 4 === 0;
    row.clip.created_at_ms = at - (plan.clips - index) * MINUTE;
    row.clip.updated_at_ms = row.clip.created_at_ms;
    return row;
  });
  const open = clips.filter(({ clip }) => clip.flag === 'unflagged');
  const short = plan.picked - clips.filter(({ clip }) => clip.flag === 'picked').length;
  open.slice(0, Math.max(0, short)).forEach(({ clip }) => (clip.flag = 'picked'));
  open
    .filter(({ clip }) => clip.flag === 'unflagged')
    .slice(-plan.rejected || open.length)
    .forEach(({ clip }) => (clip.flag = 'rejected'));
  const picks = clips.filter(({ clip }) => clip.flag === 'picked');
  plan.finals.forEach((preset, index) => {
    const row = picks[index % Math.max(1, picks.length)];
    if (row) addExport(world, library, row, preset, world.id('job'), at - index * 7 * MINUTE);
  });
  return id;
}

function segments(world: World, library: Library, project: string): void {
  const [first, second] = library.sourcesOf(project);
  if (!first || !second) return;
  const rows = [
    { source: first, name: 'Opening', in_us: 12 * US, out_us: 21 * US, keywords: ['wide'], weight: 3 },
    {
      source: first,
      name: 'Hands at work',
      in_us: 48 * US,
      out_us: 63 * US,
      keywords: ['detail', 'hands'],
      weight: 2,
    },
    { source: second, name: 'Reaction', in_us: 5 * US, out_us: 11 * US, keywords: [], weight: 1 },
  ];
  rows.forEach((row, position) => {
    const id = world.id('segment');
    const { name, in_us, out_us, keywords, weight } = row;
    library.segments.set(id, {
      id,
      project_id: project,
      source_id: row.source.id,
      name,
      in_us,
      out_us,
      keywords,
      weight,
      position,
    });
  });
}

/** One job in every state, so that the queue shows everything it can. */
function jobs(world: World, library: Library, project: string): void {
  const clips = library.clipsOf(project).map((row) => row.clip);
  let turn = 0;
  const next = () => clips[turn++ % clips.length];
  const end = (title: string, state: JobState, minutes: number, more: object = {}) => {
    const clip = next();
    const job = world.queue(
      library,
      { kind: 'render', title, project_id: project, clip_id: clip?.id },
      { stage: 'encoding', seconds: 60, key: `render:${title}` },
    );
    const at = world.now() - minutes * MINUTE;
    Object.assign(library.job(job.id), {
      state,
      created_at_ms: at,
      started_at_ms: at + 2_000,
      ended_at_ms: at + 96_000,
      attempts: 1,
      ...more,
    });
    if (clip) library.settleFinal(clip, state === 'failed');
  };
  end('Highlight 1 · TikTok', 'done', 42, { progress_bp: 10_000 });
  end('Golden hour 7 · Instagram Reels', 'done', 38, {
    progress_bp: 10_000,
    notes: [{ code: 'font_replaced', font: 'Futura', taken: 'Inter' }],
  });
  end('Crowd 12 · YouTube Shorts', 'failed', 30, {
    progress_bp: 4_200,
    stage: 'encoding',
    error: { code: 'source_missing', name: 'DJI_0047.MP4' },
    error_detail: 'ffmpeg exited with 254: No such file or directory',
  });
  end('Walk and talk 3 · X', 'cancelled', 25, { progress_bp: 1_800 });
  end('Establishing 1 · YouTube 2160p', 'interrupted', 20, { progress_bp: 6_100, ended_at_ms: null });
  const running = world.queue(
    library,
    { kind: 'generate', title: 'Spring campaign', project_id: project },
    { stage: 'analysing', seconds: 90 },
  );
  Object.assign(library.job(running.id), {
    state: 'running',
    attempts: 1,
    stage: 'analysing',
    progress_bp: 2_600,
    eta_s: 66,
    created_at_ms: world.now() - 30_000,
    started_at_ms: world.now() - 24_000,
  });
  const rendering = world.queue(
    library,
    { kind: 'render', title: 'Hands 4 · TikTok', project_id: project, clip_id: next()?.id },
    { stage: 'encoding', seconds: 40 },
  );
  Object.assign(library.job(rendering.id), {
    state: 'running',
    attempts: 1,
    stage: 'encoding',
    progress_bp: 7_100,
    eta_s: 12,
    speed_milli: 2_350,
    created_at_ms: world.now() - 30_000,
    started_at_ms: world.now() - 28_000,
  });
  world.queue(
    library,
    { kind: 'render', title: 'Laughing 10 · Feed 4:5', project_id: project, clip_id: next()?.id },
    { stage: 'encoding', seconds: 30 },
  );
}

function open(world: World, name: string, colour: string, days: number): Library {
  const profile: Profile = {
    id: world.id('profile'),
    name,
    colour,
    is_default: world.libraries.size === 0,
    created_at_ms: world.now() - days * DAY,
    settings: { ...PLAIN_SETTINGS },
  };
  const library = new Library(profile);
  world.libraries.set(profile.id, library);
  return library;
}

export function seed(world: World): void {
  const { library = 'full', clips = 0, profile } = world.options;
  if (library === 'none') return;
  const ana = open(world, 'Ana', '#7C8CFF', 400);
  const small = open(world, 'Bergmann & Söhne', '#E8A13A', 90);
  open(world, 'Studio Nordlicht', '#3FB6A8', 2);
  if (library === 'full') {
    const [first = ''] = BUSY.map((plan) => plant(world, ana, plan));
    segments(world, ana, first);
    jobs(world, ana, first);
    SMALL.forEach((plan) => plant(world, small, plan));
    leftOvers(ana, first);
    if (world.options.queue) backlog(world, ana, small, first);
    tellLogs(ana);
    // Already analysed: the first of each project.
    for (const project of ana.projects.keys()) {
      const [source] = ana.sourcesOf(project);
      if (source && project !== first) ana.looked.set(source.id, 'full');
    }
    // One source whose drive is disconnected, and a clip in the trash.
    const gone = ana.sourcesOf(first).at(-1);
    if (gone) gone.state = 'missing';
    const trashed = ana.clipsOf(first).at(-1);
    if (trashed) trashed.clip.deleted_at_ms = world.now() - DAY;
    const random = chance(7);
    const sources = ana.sourcesOf(first);
    for (let index = ana.clips.size; index < clips; index += 1) {
      addClip(world, ana, first, sources[index % sources.length], index + 1, random);
    }
  }
  const wanted = [...world.libraries.values()].find((each) => each.profile.name === profile);
  if (wanted) world.current = wanted.profile.id;
}
