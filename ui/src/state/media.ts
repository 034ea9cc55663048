/** URLs of images, videos and sound of the profile in this window. */
import { type Clip, type Export, platform, type Source } from '../platform';
import { session } from './session.svelte';

export const media = {
  source: (source: Pick<Source, 'id'>) => platform().media.source(session.base, source.id),
  sourceThumb: (id: string) => platform().media.sourceThumb(session.base, id),
  sourceFilmstrip: (id: string) => platform().media.sourceFilmstrip(session.base, id),
  sourceSheet: (id: string) => platform().media.sourceSheet(session.base, id),
  clipStill: (clip: Clip) => platform().media.clipStill(session.base, clip.id, clip.revision),
  clipThumb: (clip: Pick<Clip, 'id' | 'revision'>) =>
    platform().media.clipThumb(session.base, clip.id, clip.revision),
  clipFilmstrip: (clip: Clip) => platform().media.clipFilmstrip(session.base, clip.id, clip.revision),
  clipSound: (clip: Clip) => platform().media.clipSound(session.base, clip.id, clip.revision),
  final: (final: Export) => platform().media.final(session.base, final.id),
  finalThumb: (final: Export) => platform().media.finalThumb(session.base, final.id),
};
