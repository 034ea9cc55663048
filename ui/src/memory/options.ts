/**
 * Options of the fake machine and library, for tests and for viewing a screen
 * in each of its states.
 */
import type { Language, Theme } from '../platform/bindings';
import type { Commands } from '../platform/types';
import type { Failing } from './rules';

export interface MemoryOptions {
  /** Content of the library: the seeded work, profiles without any, or nothing at all. */
  library?: 'full' | 'empty' | 'none';
  /** Adds clips to the first project, up to this many in the profile. */
  clips?: number;
  /** Commands that fail, each with a code. */
  fail?: Partial<Record<keyof Commands, Failing>>;
  /** Delay of every response, in milliseconds. */
  delay?: number;
  /** Whether ffmpeg is installed. */
  ffmpeg?: boolean;
  /** Whether the library cannot be opened, and whether there is a snapshot to restore. */
  broken?: 'restorable' | 'missing' | 'lost';
  /** Where finals go while no folder is chosen; into the library if absent. */
  finals?: string;
  /** Whether jobs progress by themselves. */
  live?: boolean;
  /** How analysis behaves: stops after the first pass, or fails. */
  analysis?: 'survey' | 'fails';
  /** State of the queue. */
  queue?: 'busy' | 'held' | 'failed';
  /** Whether the window is asked to close once it is shown. */
  ask?: 'quit';
  theme?: Theme;
  language?: Language;
  /** Name of the profile the window opens with. */
  profile?: string;
  /** URL of one video used for all. */
  film?: string;
  now?: () => number;
}

/** Options from a URL: `?library=empty&fail=listProjects,listJobs&delay=800&ffmpeg=missing`. */
export function optionsFromAddress(search: string): MemoryOptions {
  const given = new URLSearchParams(search);
  const options: MemoryOptions = { live: given.get('live') !== 'no' };
  const library = given.get('library');
  if (library === 'empty' || library === 'none') options.library = library;
  const broken = given.get('broken');
  if (broken === 'restorable' || broken === 'missing' || broken === 'lost') options.broken = broken;
  const analysis = given.get('analysis');
  if (analysis === 'survey' || analysis === 'fails') options.analysis = analysis;
  const queue = given.get('queue');
  if (queue === 'busy' || queue === 'held' || queue === 'failed') options.queue = queue;
  if (given.get('ask') === 'quit') options.ask = 'quit';
  const theme = given.get('theme');
  if (theme === 'light' || theme === 'dark') options.theme = theme;
  const language = given.get('language');
  if (language === 'en' || language === 'de') options.language = language;
  if (given.has('clips')) options.clips = Number(given.get('clips'));
  if (given.has('delay')) options.delay = Number(given.get('delay'));
  options.ffmpeg = given.get('ffmpeg') !== 'missing';
  options.profile = given.get('profile') ?? undefined;
  options.film = given.get('film') ?? undefined;
  const fail = given.get('fail')?.split(',') ?? [];
  options.fail = Object.fromEntries(fail.map((name) => [name, 'library' as const]));
  return options;
}
