/** The current location in the application, as a value and as a URL. */

export type Stage = 'sources' | 'rushes' | 'picks' | 'finals';

export type Route =
  | { at: 'projects' }
  | { at: 'project'; id: string; stage: Stage }
  | { at: 'triage'; project: string; clip: string | null; only: 'all' | 'picked' }
  | { at: 'source'; id: string }
  | { at: 'clip'; id: string }
  | { at: 'clips' }
  | { at: 'sources' }
  | { at: 'queue' }
  | { at: 'job'; id: string }
  | { at: 'trash' }
  | { at: 'settings' };

/** In the order footage passes through them. */
export const STAGES: readonly Stage[] = ['sources', 'rushes', 'picks', 'finals'];

export function formatRoute(route: Route): string {
  switch (route.at) {
    case 'project':
      return `#/project/${route.id}/${route.stage}`;
    case 'triage':
      return `#/triage/${route.project}/${route.only}${route.clip ? `/${route.clip}` : ''}`;
    case 'source':
    case 'clip':
      return `#/${route.at}/${route.id}`;
    case 'job':
      return `#/queue/${route.id}`;
    default:
      return `#/${route.at}`;
  }
}

/** The route of a URL; the projects if it is not a valid one. */
export function parseRoute(hash: string): Route {
  const [at, id, more, clip] = hash.replace(/^#\/?/, '').split('/');
  switch (at) {
    case 'project':
      if (id) return { at, id, stage: STAGES.find((stage) => stage === more) ?? 'sources' };
      break;
    case 'triage':
      if (id) return { at, project: id, only: more === 'picked' ? 'picked' : 'all', clip: clip || null };
      break;
    case 'source':
    case 'clip':
      if (id) return { at, id };
      break;
    case 'queue':
      return id ? { at: 'job', id } : { at };
    case 'clips':
    case 'sources':
    case 'trash':
    case 'settings':
      return { at };
  }
  return { at: 'projects' };
}
