/** What the page needs from the machine it runs on, on any platform. */
import type { AppEvent, commands, StudioEvent } from './bindings';

/** The commands of the application: they resolve, or throw an `AppFailure`. */
export type Commands = typeof commands;

/** Files dragged over the window or dropped. Paths are opaque to the page. */
export type FileDrop =
  | { kind: 'over'; count: number; x: number; y: number }
  | { kind: 'leave' }
  | { kind: 'drop'; paths: string[]; x: number; y: number };

/** URLs of images, videos and sound. `base` is `OpenProfile.media_base`. */
export interface MediaUrls {
  source(base: string, id: string): string;
  sourceThumb(base: string, id: string): string;
  sourceFilmstrip(base: string, id: string): string;
  /** All frames of a `FilmSheet` in one image. */
  sourceSheet(base: string, id: string): string;
  /** The first frame of a clip, large. */
  clipStill(base: string, id: string, revision: number): string;
  clipThumb(base: string, id: string, revision: number): string;
  clipFilmstrip(base: string, id: string, revision: number): string;
  /** The sound of a clip, as long as its edit list; there is none if nothing is heard. */
  clipSound(base: string, id: string, revision: number): string;
  final(base: string, id: string): string;
  finalThumb(base: string, id: string): string;
}

export type Unlisten = () => void;

/** Everything the page needs from the machine it runs on. */
export interface Platform {
  commands: Commands;
  media: MediaUrls;
  onStudioEvent(handler: (event: StudioEvent) => void): Promise<Unlisten>;
  onAppEvent(handler: (event: AppEvent) => void): Promise<Unlisten>;
  onFileDrop(handler: (drop: FileDrop) => void): Promise<Unlisten>;
  setTitle(title: string): Promise<void>;
  setFullscreen(on: boolean): Promise<void>;
  /** Sets the zoom of the page; 1 is its natural size. */
  setZoom(factor: number): Promise<void>;
}
