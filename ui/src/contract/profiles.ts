/** Profiles, and the settings of the machine and of a profile. */
import type { SettingsPatch } from '../platform/bindings';
import { check, checkSame, refused } from './check';
import type { Step } from './stage';

const LONG = 'x'.repeat(201);

export const profiles: Step[] = [
  {
    name: 'profiles are listed oldest first, and the first one is the default',
    async holds({ commands, ana, ben }) {
      check('the list', await commands.listProfiles(), [
        { id: ana.id, name: 'Ana', colour: '#7C8CFF', is_default: true },
        { id: ben.id, name: 'Ben', colour: '#E8A13A', is_default: false },
      ]);
      check('the open one', await commands.currentProfile(), { profile: { id: ana.id } });
    },
  },
  {
    name: 'a profile needs a name of its own and a colour',
    async holds({ commands, ben }) {
      await refused('no name', commands.createProfile('  ', '#000000'), 'invalid', 'name');
      await refused('a long name', commands.createProfile(LONG, '#000000'), 'invalid', 'name');
      await refused('two lines', commands.createProfile('a\nb', '#000000'), 'invalid', 'name');
      await refused('a taken name', commands.createProfile('aNA', '#000000'), 'name_taken');
      await refused('no colour', commands.createProfile('Cem', 'red'), 'invalid', 'colour');
      await refused('another’s name', commands.renameProfile(ben.id, 'ANA'), 'name_taken');
      check('the list', (await commands.listProfiles()).length, 2);
    },
  },
  {
    name: 'a profile is renamed, coloured and made the default, and all windows learn of it',
    async holds(stage) {
      const { commands, ana, ben } = stage;
      const changed = { type: 'profiles_changed' } as const;
      const renamed = await stage.tellsAll(changed, () => commands.renameProfile(ben.id, ' BEN '));
      check('the name', renamed.name, 'BEN');
      const coloured = await stage.tellsAll(changed, () => commands.recolourProfile(ben.id, '#abcdef'));
      check('the colour', coloured.colour, '#ABCDEF');
      await stage.tellsAll(changed, () => commands.setDefaultProfile(ben.id));
      check('the default', await commands.listProfiles(), [{ is_default: false }, { is_default: true }]);
      await commands.setDefaultProfile(ana.id);
      check('the default', await commands.listProfiles(), [{ is_default: true }, { is_default: false }]);
    },
  },
  {
    name: 'a profile is only deleted by its name, and is gone then',
    async holds(stage) {
      const { commands } = stage;
      const { id } = await commands.createProfile('Cem', '#000000');
      await refused('another name', commands.deleteProfile(id, 'cem'), 'invalid', 'confirm_name');
      const left = await stage.tellsAll({ type: 'profiles_changed' }, () =>
        commands.deleteProfile(id, ' Cem '),
      );
      checkSame('what is left', left, { finals: 0, folders: [] });
      await refused('opening it', commands.openProfile(id), 'not_found');
      await refused('renaming it', commands.renameProfile(id, 'Cem'), 'not_found');
      await refused('deleting it again', commands.deleteProfile(id, 'Cem'), 'not_found');
    },
  },
  {
    name: 'a window sees the settings of its own profile only',
    async holds(stage) {
      const { commands } = stage;
      const plain = { output_folder: null, score_weights: null, render_presets: [], clip_files: false };
      const asked = ['square', 'nothing', 'tiktok', 'square'];
      const changed = await stage.tellsAll({ type: 'profiles_changed' }, () =>
        commands.updateProfileSettings({ render_presets: asked }),
      );
      const presets = (await commands.listExportPresets()).map(({ key }) => key);
      const kept = { ...plain, render_presets: presets.filter((key) => asked.includes(key)) };
      checkSame('the presets in their order', changed.settings, kept);
      await commands.updateProfileSettings({ output_folder: '' });
      const seen = async () => (await commands.listProfiles()).map(({ settings }) => settings);
      checkSame('as the own profile', await seen(), [kept, plain]);
      checkSame('as another profile', await stage.asBen(seen), [plain, plain]);
    },
  },
  {
    name: 'the weights of a score are changed one by one, and given up together',
    async holds({ commands }) {
      const plain = await commands.getScoreWeights();
      checkSame('one weight', await commands.setScoreWeights({ speech: 90 }), { ...plain, speech: 90 });
      checkSame('another', await commands.setScoreWeights({ pace: 0 }), { ...plain, speech: 90, pace: 0 });
      await refused('too much', commands.setScoreWeights({ motion: 101 }), 'invalid', 'motion');
      checkSame('as they were', await commands.getScoreWeights(), { ...plain, speech: 90, pace: 0 });
      checkSame('given up', await commands.setScoreWeights(null), plain);
    },
  },
  {
    name: 'a patch of the settings changes what it names, and null unsets what can be unset',
    async holds(stage) {
      const { commands } = stage;
      const before = await commands.getSettings();
      const changed = await stage.tellsAll({ type: 'settings_changed' }, () =>
        commands.updateSettings({ theme: 'light', jobs_at_once: 3 }),
      );
      checkSame('two settings', changed, { ...before, theme: 'light', jobs_at_once: 3 });
      check('jobs at once', await commands.getQueue(), { at_once: 3, quiet: false });
      await commands.updateSettings({ quiet: true, theme: undefined });
      check('one at a time', await commands.getQueue(), { at_once: 1, quiet: true });
      await commands.updateSettings({ theme: null, jobs_at_once: null, quiet: false });
      checkSame('unset', await commands.getSettings(), { ...before, theme: 'light' });
      checkSame('as before', await commands.updateSettings({ theme: before.theme }), before);
    },
  },
  {
    name: 'a setting out of its range is refused, and nothing changes',
    async holds({ commands }) {
      const before = await commands.getSettings();
      const refusals: SettingsPatch[] = [
        { jobs_at_once: 0 },
        { jobs_at_once: 17 },
        { cache_limit_mb: 499 },
        { zoom_percent: 49 },
        { zoom_percent: 301 },
      ];
      for (const patch of refusals) {
        const both = { ...patch, auto_advance: !before.auto_advance };
        await refused(JSON.stringify(patch), commands.updateSettings(both), 'invalid');
      }
      checkSame('the settings', await commands.getSettings(), before);
    },
  },
];
