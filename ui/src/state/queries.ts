/** Queries of the library, with their cache keys. */
import { type InfiniteData, replaceEqualDeep } from '@tanstack/svelte-query';
import { newerOf, newestOf } from '../lib/jobs';
import { api, type Clip, type ClipQuery, type Job, type Page, type ProjectQuery } from '../platform';

const PAGE = 200;

async function everyClip(project: string): Promise<Clip[]> {
  const clips: Clip[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Clip> = await api.listProjectClips(project, { sort: 'oldest', cursor, limit: 500 });
    clips.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return clips;
}

/** Number of finished jobs to fetch; unfinished ones are fetched separately, however old they are. */
const JOBS_ENDED = 300;
const JOBS_MOST = 500;

async function jobs(): Promise<Job[]> {
  const [active, latest] = await Promise.all([
    api.listJobs({ active: true, limit: JOBS_MOST }),
    api.listJobs({ limit: JOBS_ENDED }),
  ]);
  const known = new Set(latest.map((job) => job.id));
  return [...latest, ...active.filter((job) => !known.has(job.id))];
}

export const queries = {
  projects: (query: ProjectQuery) => ({
    queryKey: ['projects', query] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      api.listProjects({ ...query, cursor: pageParam, limit: 60 }),
    getNextPageParam: (page: { next_cursor: string | null }) => page.next_cursor,
  }),
  /** The projects to choose from if a full list would be too long. */
  recentProjects: () => ({
    queryKey: ['projects', 'recent'] as const,
    queryFn: async () => (await api.listProjects({ sort: 'recent', limit: 30 })).items,
  }),
  project: (id: string) => ({ queryKey: ['project', id] as const, queryFn: () => api.getProject(id) }),
  sources: (project: string) => ({
    queryKey: ['sources', project] as const,
    queryFn: () => api.listSources(project),
  }),
  allSources: () => ({ queryKey: ['sources', 'all'] as const, queryFn: () => api.listAllSources() }),
  source: (id: string) => ({ queryKey: ['source', id] as const, queryFn: () => api.getSource(id) }),
  analysis: (source: string) => ({
    queryKey: ['analysis', source] as const,
    queryFn: () => api.getSourceAnalysis(source),
  }),
  segments: (project: string) => ({
    queryKey: ['segments', project] as const,
    queryFn: () => api.listSegments(project),
  }),
  projectClips: (project: string) => ({
    queryKey: ['clips', 'project', project] as const,
    queryFn: () => everyClip(project),
  }),
  allClips: (query: ClipQuery) => ({
    queryKey: ['clips', 'all', query] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      api.listAllClips({ ...query, cursor: pageParam, limit: PAGE }),
    getNextPageParam: (page: Page<Clip>) => page.next_cursor,
  }),
  clip: (id: string) => ({ queryKey: ['clip', id] as const, queryFn: () => api.getClip(id) }),
  tags: () => ({ queryKey: ['tags'] as const, queryFn: () => api.listAllTags() }),
  exports: (project: string | null) => ({
    queryKey: ['exports', project ?? 'all'] as const,
    queryFn: () => api.listExports(project),
  }),
  presets: () => ({
    queryKey: ['presets'] as const,
    queryFn: () => api.listExportPresets(),
    staleTime: Infinity,
  }),
  estimate: (ids: string[], presets: string[]) => ({
    queryKey: ['estimate', ids, presets] as const,
    queryFn: () => api.estimateRender(ids, presets),
  }),
  jobs: () => ({
    queryKey: ['jobs'] as const,
    queryFn: jobs,
    structuralSharing: (known: unknown, answer: unknown) =>
      replaceEqualDeep(known, newestOf(known as Job[] | undefined, answer as Job[])),
  }),
  job: (id: string) => ({
    queryKey: ['job', id] as const,
    queryFn: () => api.getJob(id),
    structuralSharing: (known: unknown, answer: unknown) =>
      replaceEqualDeep(known, newerOf(known as Job | undefined, answer as Job)),
  }),
  jobLog: (id: string) => ({ queryKey: ['job-log', id] as const, queryFn: () => api.getJobLog(id) }),
  queue: () => ({ queryKey: ['queue'] as const, queryFn: () => api.getQueue() }),
  orphans: () => ({ queryKey: ['orphans'] as const, queryFn: () => api.listOrphans() }),
  scoreWeights: () => ({ queryKey: ['score-weights'] as const, queryFn: () => api.getScoreWeights() }),
  overview: () => ({ queryKey: ['overview'] as const, queryFn: () => api.profileOverview() }),
};

export type ClipPages = InfiniteData<Page<Clip>, string | null>;
