/** Commands of the machine: settings, ffmpeg, profiles. */
import type { Profile, ProfileSettings, Settings, SettingsPatch } from '../platform/bindings';
import { AppFailure } from '../platform/failure';
import type { Commands } from '../platform/types';
import { clipBytes } from './clip-files';
import { Library } from './library';
import { PRESETS } from './presets';
import { checkColour, checkName, checkWithin, checkZoom, fold, invalid, notFound } from './rules';
import type { World } from './world';

export const DATA_DIR = '/home/ana/.local/share/rushes';
const U32_MAX = 2 ** 32 - 1;

/** What a new profile sets for itself. */
export const PLAIN_SETTINGS: ProfileSettings = {
  output_folder: null,
  score_weights: null,
  render_presets: [],
  clip_files: false,
};

/** Settings that null unsets; any other stays as it is where null. */
const CLEARABLE: ReadonlySet<string> = new Set<keyof SettingsPatch>([
  'ffmpeg_path',
  'output_folder',
  'jobs_at_once',
  'cache_limit_mb',
]);

type Part = Pick<
  Commands,
  | 'appInfo'
  | 'getSettings'
  | 'updateSettings'
  | 'ffmpegStatus'
  | 'recheckFfmpeg'
  | 'restoreLibrary'
  | 'watch'
  | 'listProfiles'
  | 'createProfile'
  | 'renameProfile'
  | 'recolourProfile'
  | 'setDefaultProfile'
  | 'deleteProfile'
  | 'openProfile'
  | 'currentProfile'
  | 'openProfileWindow'
  | 'profileOverview'
  | 'updateProfileSettings'
>;

export function profileCommands(world: World): Part {
  const need = (id: string): Library => {
    const library = world.libraries.get(id);
    if (!library) throw notFound('profile');
    return library;
  };
  const whole = () => {
    if (world.problem) throw new AppFailure(world.problem.notice, world.problem.detail);
  };
  const freeName = (given: string, except: string | null): string => {
    const name = checkName('name', given);
    const taken = world.profiles().some((other) => other.id !== except && fold(other.name) === fold(name));
    if (taken) {
      throw new AppFailure({ code: 'name_taken' });
    }
    return name;
  };
  const change = (id: string, patch: Partial<Profile>): Profile => {
    const library = need(id);
    library.profile = { ...library.profile, ...patch };
    world.emitApp({ type: 'profiles_changed' });
    return structuredClone(library.profile);
  };
  const opened = (library: Library) => ({
    profile: structuredClone(library.profile),
    media_base: `memory:${library.profile.id}`,
  });
  /** A profile as its windows see it; other windows do not see its settings. */
  const seen = (profile: Profile): Profile =>
    profile.id === world.current ? profile : { ...profile, settings: { ...PLAIN_SETTINGS } };

  return {
    appInfo: async () => ({
      version: '0.1.0',
      data_dir: DATA_DIR,
      finals_folder: world.options.finals ?? null,
      platform: 'linux',
      problem: world.problem,
      can_restore: world.problem !== null && world.options.broken !== 'lost',
    }),
    getSettings: async () => ({ ...world.settings }),
    updateSettings: async (patch) => {
      if (patch.jobs_at_once != null) checkWithin('at_once', patch.jobs_at_once, 1, 16);
      if (patch.cache_limit_mb != null) checkWithin('cache_limit_mb', patch.cache_limit_mb, 500, U32_MAX);
      if (patch.zoom_percent != null) checkZoom(patch.zoom_percent);
      const fields = Object.entries(patch).filter(
        ([name, value]) => value !== undefined && (value !== null || CLEARABLE.has(name)),
      );
      world.settings = { ...world.settings, ...(Object.fromEntries(fields) as Partial<Settings>) };
      world.emitApp({ type: 'settings_changed' });
      return { ...world.settings };
    },
    ffmpegStatus: async () => ({ ...world.ffmpeg }),
    recheckFfmpeg: async () => {
      world.emitApp({ type: 'settings_changed' });
      return { ...world.ffmpeg };
    },
    restoreLibrary: async () => {
      const missing = world.problem?.notice.code === 'library_missing';
      world.problem = null;
      return missing ? null : `${DATA_DIR}/rushes.db.broken-1795000000000`;
    },
    watch: async () => null,
    listProfiles: async () => {
      whole();
      return world.profiles().map(seen);
    },
    createProfile: async (name, colour) => {
      whole();
      const library = new Library({
        id: world.id('profile'),
        name: freeName(name, null),
        colour: checkColour(colour),
        is_default: world.libraries.size === 0,
        created_at_ms: world.now(),
        settings: { ...PLAIN_SETTINGS },
      });
      world.libraries.set(library.profile.id, library);
      world.emitApp({ type: 'profiles_changed' });
      return structuredClone(library.profile);
    },
    renameProfile: async (id, name) => change(id, { name: freeName(name, need(id).profile.id) }),
    recolourProfile: async (id, colour) => change(id, { colour: checkColour(colour) }),
    setDefaultProfile: async (id) => {
      need(id);
      for (const library of world.libraries.values()) {
        library.profile = { ...library.profile, is_default: library.profile.id === id };
      }
      return change(id, { is_default: true });
    },
    deleteProfile: async (id, confirmName) => {
      const { profile } = need(id);
      if (confirmName.trim() !== profile.name) throw invalid('confirm_name', { why: 'other_name' });
      if (world.libraries.size === 1) {
        throw new AppFailure({ code: 'last_profile' });
      }
      const finals = need(id).exportsOf(null).length;
      world.libraries.delete(id);
      if (world.current === id) world.current = null;
      const [first] = world.libraries.values();
      if (profile.is_default && first) first.profile = { ...first.profile, is_default: true };
      world.emitApp({ type: 'profiles_changed' });
      const folders = finals > 0 && world.options.finals ? [`${world.options.finals}/${profile.name}`] : [];
      return { finals: folders.length > 0 ? finals : 0, folders };
    },
    openProfile: async (id) => {
      const library = need(id);
      world.current = id;
      return opened(library);
    },
    currentProfile: async () => {
      whole();
      const library = world.current === null ? undefined : world.libraries.get(world.current);
      return library ? opened(library) : null;
    },
    openProfileWindow: async (id) => {
      need(id);
      world.opened.push(id);
      return null;
    },
    profileOverview: async () => {
      const library = world.library;
      const clips = [...library.clips.values()].filter((row) => library.isLive(row));
      const sources = library.allSources();
      const finals = library.exportsOf(null);
      return {
        projects: [...library.projects.values()].filter((project) => project.deleted_at_ms === null).length,
        sources: sources.length,
        clips: clips.length,
        picked: clips.filter(({ clip }) => clip.flag === 'picked').length,
        finals: finals.length,
        sources_us: sources.reduce((sum, source) => sum + source.facts.duration_us, 0),
        finals_us: finals.reduce((sum, final) => sum + final.duration_us, 0),
        disk_bytes:
          clips.reduce((sum, { clip }) => sum + clipBytes(clip), 0) +
          finals.reduce((sum, final) => sum + final.size_bytes, 0),
      };
    },
    updateProfileSettings: async (patch) => {
      const { id, settings } = world.library.profile;
      return change(id, {
        settings: {
          ...settings,
          output_folder: (patch.output_folder ?? settings.output_folder) || null,
          // In their own order, without those that there are not.
          render_presets: patch.render_presets
            ? PRESETS.map(({ key }) => key).filter((key) => patch.render_presets?.includes(key))
            : settings.render_presets,
          clip_files: patch.clip_files ?? settings.clip_files,
        },
      });
    },
  };
}
