/** URLs of images and videos of the profile in this window. */
import { type Clip, type Export, platform, type Source } from '../platform';
import { session } from './session.svelte';

export const media = {
  source: (source: Source) => platform().media.source(session.base, source.id),
  sourceThumb: (id: string) => platform().media.sourceThumb(session.base, id),
  sourceFilmstrip: (id: string) => platform().media.sourceFilmstrip(session.base, id),
  sourceSheet: (id: string) => platform().media.sourceSheet(session.base, id),
  clip: (clip: Clip) => platform().media.clip(session.base, clip.id, clip.revision),
  clipThumb: (clip: Pick<Clip, 'id' | 'revision'>) =>
    platform().media.clipThumb(session.base, clip.id, clip.revision),
  clipFilmstrip: (clip: Clip) => platform().media.clipFilmstrip(session.base, clip.id, clip.revision),
  final: (final: Export) => platform().media.final(session.base, final.id),
  finalThumb: (final: Export) => platform().media.finalThumb(session.base, final.id),
};
