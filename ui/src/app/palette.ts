/** Search results of the palette: commands with their keys, and projects, clips and sources by name. */
import { computeCommandScore } from 'bits-ui';
import Clapperboard from '@lucide/svelte/icons/clapperboard';
import Command from '@lucide/svelte/icons/command';
import FileVideo from '@lucide/svelte/icons/file-video';
import Film from '@lucide/svelte/icons/film';
import type { Icon } from '../controls/icon';
import { m } from '../paraglide/messages';
import { api } from '../platform';
import { type Binding, keys } from '../state/keys.svelte';
import { router } from '../state/router.svelte';

export interface Hit {
  id: string;
  label: string;
  /** Where it is or what it belongs to. */
  note: string;
  icon: Icon;
  keys: string | null;
  run: () => void;
}

export interface HitGroup {
  id: string;
  title: string;
  hits: Hit[];
}

const EACH_MOST = 6;
const COMMANDS_MOST = 8;

function press(binding: Binding): void {
  binding.run(new KeyboardEvent('keydown'));
}

/** Commands available now, grouped by the part of the window they come from; each once. */
function commands(): HitGroup[] {
  const seen = new Set<string>();
  return keys.scopes.toReversed().map((scope) => ({
    id: `commands ${scope.title}`,
    title: scope.title,
    hits: scope.bindings().flatMap((binding) => {
      if (binding.handOnly || seen.has(binding.label)) return [];
      seen.add(binding.label);
      const hit: Hit = {
        id: `command ${binding.label}`,
        label: binding.label,
        note: '',
        icon: Command,
        keys: binding.keys[0] ?? null,
        run: () => press(binding),
      };
      return [hit];
    }),
  }));
}

/** All commands for an empty query, otherwise the matches, best first. */
export function findCommands(text: string): HitGroup[] {
  const wanted = text.trim();
  const groups = commands();
  if (wanted === '') return groups;
  const hits = groups
    .flatMap((group) =>
      group.hits.map((hit) => ({ hit, score: computeCommandScore(hit.label, wanted, [group.title]) })),
    )
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, COMMANDS_MOST)
    .map(({ hit }) => hit);
  return [{ id: 'commands', title: m.palette_commands(), hits }];
}

/** Searches the library. A failing list does not affect the others. */
export async function findInLibrary(text: string): Promise<HitGroup[]> {
  const search = text.trim();
  const [projects, clips, sources] = await Promise.allSettled([
    api.listProjects({ search, limit: EACH_MOST }),
    search === ''
      ? Promise.reject(new Error('nothing to search for'))
      : api.listAllClips({ search, limit: EACH_MOST }),
    search === '' ? Promise.reject(new Error('nothing to search for')) : api.listAllSources(),
  ]);
  const groups: HitGroup[] = [];
  if (projects.status === 'fulfilled') {
    groups.push({
      id: 'projects',
      title: search === '' ? m.palette_recent() : m.palette_projects(),
      hits: projects.value.items.map((project) => ({
        id: project.id,
        label: project.name,
        note: '',
        icon: Clapperboard,
        keys: null,
        run: () => router.go({ at: 'project', id: project.id, stage: 'rushes' }),
      })),
    });
  }
  if (clips.status === 'fulfilled') {
    groups.push({
      id: 'clips',
      title: m.palette_clips(),
      hits: clips.value.items.map((clip) => ({
        id: clip.id,
        label: clip.name,
        note: clip.project_name,
        icon: Film,
        keys: null,
        run: () => router.go({ at: 'clip', id: clip.id }),
      })),
    });
  }
  if (sources.status === 'fulfilled') {
    const folded = search.toLowerCase();
    groups.push({
      id: 'sources',
      title: m.palette_sources(),
      hits: sources.value
        .filter((source) => source.name.toLowerCase().includes(folded))
        .slice(0, EACH_MOST)
        .map((source) => ({
          id: source.id,
          label: source.name,
          note: '',
          icon: FileVideo,
          keys: null,
          run: () => router.go({ at: 'source', id: source.id }),
        })),
    });
  }
  return groups.filter((group) => group.hits.length > 0);
}
