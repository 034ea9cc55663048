/** What the page asks of the machine it runs on, whichever platform answers. */
import type { AppEvent, commands, StudioEvent } from './bindings';

/** The commands of the application: they answer, or throw an `AppFailure`. */
export type Commands = typeof commands;

/** What the pointer carries files over, or drops. Paths stay opaque to the page. */
export type FileDrop =
  | { kind: 'over'; count: number; x: number; y: number }
  | { kind: 'leave' }
  | { kind: 'drop'; paths: string[]; x: number; y: number };

/** Addresses of pictures and films. `base` is `OpenProfile.media_base`. */
export interface MediaUrls {
  source(base: string, id: string): string;
  sourceThumb(base: string, id: string): string;
  sourceFilmstrip(base: string, id: string): string;
  /** All pictures of a `FilmSheet` in one. */
  sourceSheet(base: string, id: string): string;
  clip(base: string, id: string, revision: number): string;
  clipThumb(base: string, id: string, revision: number): string;
  clipFilmstrip(base: string, id: string, revision: number): string;
  final(base: string, id: string): string;
  finalThumb(base: string, id: string): string;
}

export type Unlisten = () => void;

/** Everything that the page asks of the machine it runs on. */
export interface Platform {
  commands: Commands;
  media: MediaUrls;
  onStudioEvent(handler: (event: StudioEvent) => void): Promise<Unlisten>;
  onAppEvent(handler: (event: AppEvent) => void): Promise<Unlisten>;
  onFileDrop(handler: (drop: FileDrop) => void): Promise<Unlisten>;
  setTitle(title: string): Promise<void>;
  setFullscreen(on: boolean): Promise<void>;
  /** Draws the page larger or smaller; 1 is its own size. */
  setZoom(factor: number): Promise<void>;
}
