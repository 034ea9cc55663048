import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { getCurrentWindow } from '@tauri-apps/api/window';
import { type AppEvent, commands as generated, type StudioEvent } from './bindings';
import { asFailure } from './failure';
import type { Commands, MediaUrls, Platform } from './types';

type Reported = { status: 'ok'; data: unknown } | { status: 'error'; error: unknown };

function isReported(value: unknown): value is Reported {
  const status = (value as { status?: unknown } | null)?.status;
  return status === 'ok' ? 'data' in (value as object) : status === 'error' && 'error' in (value as object);
}

async function answer(call: () => Promise<unknown>): Promise<unknown> {
  let result: unknown;
  try {
    result = await call();
  } catch (thrown) {
    throw asFailure(thrown);
  }
  if (!isReported(result)) return result;
  if (result.status === 'error') throw asFailure(result.error);
  return result.data;
}

// The keys and the argument types are the generated ones; only the way errors
// come back is evened out, which the compiler cannot follow through a loop.
const commands = Object.fromEntries(
  Object.entries(generated).map(([name, command]) => [
    name,
    (...args: unknown[]) => answer(() => (command as (...a: unknown[]) => Promise<unknown>)(...args)),
  ]),
) as Commands;

const media: MediaUrls = {
  source: (base, id) => `${base}/source/${id}`,
  sourceThumb: (base, id) => `${base}/source/${id}/thumb`,
  sourceFilmstrip: (base, id) => `${base}/source/${id}/filmstrip`,
  clip: (base, id, revision) => `${base}/clip/${id}/raw?r=${revision}`,
  clipThumb: (base, id, revision) => `${base}/clip/${id}/thumb?r=${revision}`,
  clipFilmstrip: (base, id, revision) => `${base}/clip/${id}/filmstrip?r=${revision}`,
  final: (base, id) => `${base}/export/${id}`,
  finalThumb: (base, id) => `${base}/export/${id}/thumb`,
};

/** The page inside the desktop application. */
export const tauri: Platform = {
  commands,
  media,
  onStudioEvent: (handler) =>
    getCurrentWebview().listen<StudioEvent>('studio-event', (event) => handler(event.payload)),
  onAppEvent: (handler) => listen<AppEvent>('app-event', (event) => handler(event.payload)),
  onFileDrop: (handler) =>
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === 'leave') return handler({ kind: 'leave' });
      // Positions come in physical pixels.
      const x = payload.position.x / window.devicePixelRatio;
      const y = payload.position.y / window.devicePixelRatio;
      if (payload.type === 'drop') return handler({ kind: 'drop', paths: payload.paths, x, y });
      handler({ kind: 'over', count: payload.type === 'enter' ? payload.paths.length : 0, x, y });
    }),
  setTitle: (title) => getCurrentWindow().setTitle(title),
  setFullscreen: (on) => getCurrentWindow().setFullscreen(on),
};
