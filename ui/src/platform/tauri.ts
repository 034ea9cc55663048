/**
 * The platform of the desktop application: commands and events of Tauri, media
 * over 127.0.0.1.
 */
import { Channel } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { getCurrentWindow } from '@tauri-apps/api/window';
import { type AppEvent, commands as generated, type StudioEvent } from './bindings';
import { asFailure } from './failure';
import type { Commands, MediaUrls, Platform } from './types';

// Keys and argument types are generated; only the thrown errors are unified,
// which the compiler cannot follow through a loop.
const commands = Object.fromEntries(
  Object.entries(generated).map(([name, command]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (command as (...a: unknown[]) => Promise<unknown>)(...args);
      } catch (thrown) {
        throw asFailure(thrown);
      }
    },
  ]),
) as Commands;

const media: MediaUrls = {
  source: (base, id) => `${base}/source/${id}`,
  sourceThumb: (base, id) => `${base}/source/${id}/thumb`,
  sourceFilmstrip: (base, id) => `${base}/source/${id}/filmstrip`,
  sourceSheet: (base, id) => `${base}/source/${id}/sheet`,
  clipStill: (base, id, revision) => `${base}/clip/${id}/still?r=${revision}`,
  clipThumb: (base, id, revision) => `${base}/clip/${id}/thumb?r=${revision}`,
  clipFilmstrip: (base, id, revision) => `${base}/clip/${id}/filmstrip?r=${revision}`,
  clipSound: (base, id, revision) => `${base}/clip/${id}/sound?r=${revision}`,
  final: (base, id) => `${base}/export/${id}`,
  finalThumb: (base, id) => `${base}/export/${id}/thumb`,
};

let zoom = 1;

/**
 * Physical pixels per page pixel. WebKit does not include its zoom in the ratio
 * it reports; Chromium does.
 */
function pixelsOfPage(): number {
  const chromium = navigator.userAgent.includes('Chrome/');
  return window.devicePixelRatio * (chromium ? 1 : zoom);
}

/** The platform inside the desktop application. */
export const tauri: Platform = {
  commands,
  media,
  onStudioEvent: async (handler) => {
    // A channel only reaches this window; a Tauri event could be heard by all.
    const channel = new Channel<StudioEvent>(handler);
    await commands.watch(channel);
    return () => {
      channel.onmessage = () => undefined;
    };
  },
  onAppEvent: (handler) => listen<AppEvent>('app-event', (event) => handler(event.payload)),
  onFileDrop: (handler) =>
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === 'leave') return handler({ kind: 'leave' });
      // Positions are in physical pixels.
      const x = payload.position.x / pixelsOfPage();
      const y = payload.position.y / pixelsOfPage();
      if (payload.type === 'drop') return handler({ kind: 'drop', paths: payload.paths, x, y });
      handler({ kind: 'over', count: payload.type === 'enter' ? payload.paths.length : 0, x, y });
    }),
  setTitle: (title) => getCurrentWindow().setTitle(title),
  setZoom: (factor) => {
    zoom = factor;
    return getCurrentWebview().setZoom(factor);
  },
  setFullscreen: (on) => getCurrentWindow().setFullscreen(on),
};
