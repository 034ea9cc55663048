import type { AppEvent, ClipId, commands, ExportId, SourceId, StudioEvent } from './bindings';

type Outcome<R> = R extends { status: 'ok'; data: infer D } ? D : R extends { status: 'error' } ? never : R;

/**
 * The commands as the page sees them: they answer or throw an `AppFailure`, in
 * whichever of the two ways the generated bindings report errors.
 */
export type Commands = {
  [K in keyof typeof commands]: (typeof commands)[K] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => Promise<Outcome<R>>
    : never;
};

/** What the pointer carries files over, or drops. Paths stay opaque to the page. */
export type FileDrop =
  | { kind: 'over'; count: number; x: number; y: number }
  | { kind: 'leave' }
  | { kind: 'drop'; paths: string[]; x: number; y: number };

/** Addresses of pictures and films. `base` is `OpenProfile.media_base`. */
export interface MediaUrls {
  source(base: string, id: SourceId): string;
  sourceThumb(base: string, id: SourceId): string;
  sourceFilmstrip(base: string, id: SourceId): string;
  clip(base: string, id: ClipId, revision: number): string;
  clipThumb(base: string, id: ClipId, revision: number): string;
  clipFilmstrip(base: string, id: ClipId, revision: number): string;
  final(base: string, id: ExportId): string;
  finalThumb(base: string, id: ExportId): string;
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
}
