/** Adding footage to projects: files in progress, results, and each refusal with its reason. */
import { fileName, refusalLine, titleFrom } from '../lib/files';
import { formatNumber } from '../lib/format';
import { noticeWords } from '../lib/notices';
import type { Route } from '../lib/route';
import { m } from '../paraglide/messages';
import { api, type Project, type Source } from '../platform';
import { router } from '../state/router.svelte';
import { session } from '../state/session.svelte';
import { attempt, toasts } from '../state/toasts.svelte';

/** Refused files named in one message; the rest are counted. */
const LINES_MAX = 8;

class Arriving {
  #names = $state.raw<Record<string, string[]>>({});

  of(project: string): string[] {
    return this.#names[project] ?? [];
  }

  async during<T>(project: string, paths: string[], work: () => Promise<T>): Promise<T> {
    const names = paths.map(fileName);
    this.#names = { ...this.#names, [project]: [...this.of(project), ...names] };
    try {
      return await work();
    } finally {
      const left = [...this.of(project)];
      for (const name of names) left.splice(left.indexOf(name), 1);
      this.#names = { ...this.#names, [project]: left };
    }
  }
}

/** Names of files being probed, by project. */
export const arriving = new Arriving();

interface Adding {
  /** Whether the files are copied into the library. */
  copy?: boolean;
  /** Whether to offer a link to the project, if another screen is shown. */
  offer?: boolean;
}

/** Adds files and folders to a project and announces the result. Returns how many were added. */
export async function addFootage(
  project: string,
  paths: string[],
  { copy = false, offer = false }: Adding = {},
): Promise<number> {
  if (paths.length === 0) return 0;
  const profile = session.profile?.id;
  try {
    const outcomes = await arriving.during(project, paths, () => api.addSources(project, paths, copy));
    const added = outcomes.filter((outcome) => outcome.done).length;
    // After switching profiles, nothing of the other profile's files is shown.
    if (session.profile?.id === profile) {
      report(
        added,
        outcomes.flatMap(({ item, refused }) =>
          refused ? [refusalLine(item, noticeWords(refused.notice))] : [],
        ),
        outcomes.flatMap(({ done }) => (done ? rejoinedLine(done) : [])),
        offer ? { label: m.open(), to: { at: 'project', id: project, stage: 'sources' } } : null,
      );
    }
    return added;
  } catch (thrown) {
    if (session.profile?.id === profile) toasts.failure(thrown);
    return 0;
  }
}

/** The remark on a source whose clock was not continuous. */
function rejoinedLine({ name, facts }: Source): string[] {
  return facts.rejoined ? [m.footage_rejoined({ name, shown: formatNumber(facts.rejoined.parts) })] : [];
}

function report(
  added: number,
  refused: string[],
  rejoined: string[],
  action: { label: string; to: Route } | null,
): void {
  const lines = refused.slice(0, LINES_MAX);
  const rest = refused.length - lines.length;
  if (rest > 0) lines.push(m.footage_refused_more({ count: rest, shown: formatNumber(rest) }));
  const came = { count: added, shown: formatNumber(added) };
  const left = { count: refused.length, shown: formatNumber(refused.length) };
  lines.push(...rejoined.slice(0, LINES_MAX));
  if (refused.length === 0) toasts.show(m.footage_added(came), { tone: 'good', lines, action });
  else if (added === 0) toasts.show(m.footage_refused(left), { tone: 'bad', lines });
  else toasts.show(`${m.footage_added(came)} ${m.footage_refused(left)}`, { tone: 'warn', lines, action });
}

/** Lets the editor choose videos and adds them. */
export async function chooseFootage(project: string, copy = false): Promise<number> {
  const paths = await attempt(() => api.pickVideos());
  return paths ? addFootage(project, paths, { copy }) : 0;
}

/** Lets the editor choose a folder and adds the videos in it. */
export async function chooseFolder(project: string): Promise<number> {
  const path = await attempt(() => api.pickFolder());
  return path ? addFootage(project, [path]) : 0;
}

/**
 * Creates a project named after the dropped files and goes there. If none of
 * them is footage, the project is removed again and only the reasons are shown.
 */
export async function projectFromFootage(paths: string[]): Promise<Project | undefined> {
  const [first] = paths;
  if (first === undefined) return undefined;
  const name = titleFrom(first) || m.project_untitled();
  const project = await attempt(() => api.createProject({ name }));
  if (!project) return undefined;
  if ((await addFootage(project.id, paths)) === 0) {
    await attempt(() => api.deleteProject(project.id));
    return undefined;
  }
  router.go({ at: 'project', id: project.id, stage: 'sources' });
  return project;
}
