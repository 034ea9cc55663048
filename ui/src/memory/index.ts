/**
 * A whole in-memory machine, for viewing the page in a plain browser and for
 * component tests. It follows the library's rules, uses its error messages and
 * sends its events. It is in no bundle of the application.
 */
import type { StudioEvent } from '../platform/bindings';
import type { Commands, MediaUrls, Platform } from '../platform/types';
import { analysisCommands, isHeard, sheetOf } from './analysis';
import { clipCommands } from './clips';
import { makingCommands } from './making';
import type { MemoryOptions } from './options';
import { sheet, still, strip, type Subject } from './pictures';
import { profileCommands } from './profiles';
import { projectCommands } from './projects';
import { queueCommands } from './queue';
import { failureOf } from './rules';
import { seed } from './seed';
import { silence } from './sounds';
import { World } from './world';

export { type MemoryOptions, optionsFromAddress } from './options';

const CLIP_TILES = 10;
const SOURCE_TILES = 40;
/** An address that fails to load. */
const NO_SOUND = 'data:audio/wav,';
/** The window is shown by then. */
const ASK_MS = 1_500;

/** The platform, and controls for tests that act from outside the page. */
export interface MemoryPlatform extends Platform {
  world: World;
  /** The answers of system dialogs. */
  answers: {
    videos: string[] | null;
    folder: string | null;
    captions: string | null;
    ffmpeg: string | null;
    relink: string | null;
  };
  /** Every command call, in order. */
  calls: { name: keyof Commands; args: unknown[] }[];
  /** Completes all work. */
  finishJobs(): void;
  emit(event: StudioEvent): void;
  /** Drops files onto the window. */
  drop(paths: string[]): void;
  title: string;
  fullscreen: boolean;
  zoom: number;
}

function mediaOf(world: World): MediaUrls {
  const film = world.options.film ?? '';
  const subject = (id: string): Subject => {
    for (const library of world.libraries.values()) {
      const source =
        library.sources.get(id) ?? library.sources.get(library.clips.get(id)?.clip.cuts[0]?.source_id ?? '');
      const final = library.exports.get(id);
      if (source) return { id, width: source.facts.video.width, height: source.facts.video.height };
      if (final) return { id: final.clip_id, width: final.width, height: final.height };
    }
    return { id, width: 1920, height: 1080 };
  };
  return {
    source: () => film,
    sourceThumb: (_, id) => still(subject(id)),
    sourceFilmstrip: (_, id) => strip(subject(id), SOURCE_TILES),
    sourceSheet: (_, id) => {
      for (const library of world.libraries.values()) {
        const source = library.sources.get(id);
        if (source) return sheet(subject(id), sheetOf(source));
      }
      return '';
    },
    clipStill: (_, id) => still(subject(id)),
    clipThumb: (_, id) => still(subject(id)),
    clipFilmstrip: (_, id) => strip(subject(id), CLIP_TILES),
    clipSound: (_, id) => {
      for (const library of world.libraries.values()) {
        const clip = library.clips.get(id)?.clip;
        const sources = clip?.cuts.flatMap((cut) => library.sources.get(cut.source_id) ?? []);
        if (clip && !clip.muted && sources?.some(isHeard)) return silence(clip.duration_us);
      }
      return NO_SOUND;
    },
    final: () => film,
    finalThumb: (_, id) => still(subject(id)),
  };
}

/** Files dropped on the page in a browser, reported as the desktop does. */
function hearBrowserDrops(world: World): void {
  const tell = (event: DragEvent, kind: 'over' | 'leave' | 'drop') => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (kind === 'leave' && event.relatedTarget !== null) return;
    const { clientX: x, clientY: y } = event;
    const files = [...event.dataTransfer.files].map((file) => `/home/ana/Desktop/${file.name}`);
    for (const listener of world.dropListeners) {
      if (kind === 'leave') listener({ kind });
      else if (kind === 'over') listener({ kind, count: event.dataTransfer.items.length, x, y });
      else listener({ kind, paths: files, x, y });
    }
  };
  window.addEventListener('dragover', (event) => tell(event, 'over'));
  window.addEventListener('dragleave', (event) => tell(event, 'leave'));
  window.addEventListener('drop', (event) => tell(event, 'drop'));
}

export function createMemoryPlatform(options: MemoryOptions = {}): MemoryPlatform {
  const world = new World(options);
  seed(world);
  if (options.live) hearBrowserDrops(world);
  if (options.ask === 'quit')
    setTimeout(() => world.emitApp({ type: 'quit_asked', running: 2, waiting: 12 }), ASK_MS);

  const answers: MemoryPlatform['answers'] = {
    videos: ['/home/ana/Footage/New/A003_C012_0414QP.MOV', '/home/ana/Footage/New/DJI_0051.MP4'],
    folder: '/home/ana/Videos/Finals',
    captions: '/home/ana/Footage/captions.srt',
    ffmpeg: '/opt/ffmpeg/bin/ffmpeg',
    relink: '/media/ana/Archive/DJI_0047.MP4',
  };
  const plain: Commands = {
    ...profileCommands(world),
    ...projectCommands(world),
    ...clipCommands(world),
    ...makingCommands(world),
    ...queueCommands(world),
    ...analysisCommands(world),
    pickVideos: async () => answers.videos,
    pickFolder: async () => answers.folder,
    pickCaptions: async () => answers.captions,
    pickFfmpeg: async () => answers.ffmpeg,
    pickFileForRelink: async () => answers.relink,
  };
  const calls: MemoryPlatform['calls'] = [];

  // Every command is delayed and fails according to the options before it does
  // anything.
  const guarded = Object.fromEntries(
    (Object.keys(plain) as (keyof Commands)[]).map((name) => [
      name,
      async (...args: unknown[]) => {
        calls.push({ name, args });
        if (options.delay) await new Promise((resolve) => setTimeout(resolve, options.delay));
        const code = options.fail?.[name];
        if (code) throw failureOf(code);
        return (plain[name] as (...a: unknown[]) => Promise<unknown>)(...structuredClone(args));
      },
    ]),
  ) as Commands;

  const listen =
    <T>(listeners: Set<(value: T) => void>) =>
    async (handler: (value: T) => void) => {
      listeners.add(handler);
      return () => void listeners.delete(handler);
    };

  const machine: MemoryPlatform = {
    commands: guarded,
    media: mediaOf(world),
    onStudioEvent: listen(world.studioListeners),
    onAppEvent: listen(world.appListeners),
    onFileDrop: listen(world.dropListeners),
    setTitle: async (title) => {
      machine.title = title;
      document.title = title;
    },
    setFullscreen: async (on) => {
      machine.fullscreen = on;
      if (options.live && on) await document.documentElement.requestFullscreen();
      else if (options.live && document.fullscreenElement) await document.exitFullscreen();
    },
    setZoom: async (factor) => {
      machine.zoom = factor;
      if (options.live) document.documentElement.style.setProperty('zoom', String(factor));
    },
    world,
    answers,
    calls,
    finishJobs: () => world.finishJobs(),
    emit: (event) => world.emit(world.library, event),
    drop: (paths) => {
      for (const listener of world.dropListeners) listener({ kind: 'drop', paths, x: 0, y: 0 });
    },
    title: '',
    fullscreen: false,
    zoom: 1,
  };
  return machine;
}
