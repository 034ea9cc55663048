/** The files of clips: made on demand or after a generation, and cleared. */
import type { Clip, ClipFilesCleared, Job } from '../platform/bindings';
import type { Library } from './library';
import type { World } from './world';

const US = 1_000_000;
const BYTES_PER_S = 750_000;
/** A still, a thumbnail and a filmstrip. */
const PICTURES = 3;
/** What the pictures of a clip take. */
const PICTURES_BYTES = 300_000;

const fileBytes = (clip: Clip) => Math.round((clip.duration_us / US) * BYTES_PER_S);

/** The space that a clip takes in the profile's folders. */
export function clipBytes(clip: Clip): number {
  return PICTURES_BYTES + (clip.has_file ? fileBytes(clip) : 0);
}

/** How many files a clip has in the profile's folders, with its pictures. */
export function clipFilesOnDisk(clip: Clip): number {
  return PICTURES + (clip.has_file ? 1 : 0);
}

/** Queues the file of a clip, unless it has one that shows it as it is. */
export function makeClipFile(
  world: World,
  library: Library,
  clip: Clip,
  batch_id: string | null,
): Job | null {
  if (clip.has_file) return null;
  library.requireFootage(clip);
  const { id: clip_id, name: title, project_id } = clip;
  return world.queue(
    library,
    { kind: 'clip_file', title, project_id, clip_id, batch_id },
    {
      stage: 'encoding',
      seconds: Math.max(1, clip.duration_us / US / 4),
      key: `clip_file:${clip_id}`,
      onDone: () => {
        setHasFile(clip, true);
        world.emit(library, { type: 'clips_updated', clips: [clip] });
        return null;
      },
    },
  );
}

/** Deletes the files of all clips of a profile. */
export function clearClipFiles(world: World, library: Library): ClipFilesCleared {
  const clips = [...library.clips.values()].map(({ clip }) => clip).filter((clip) => clip.has_file);
  for (const clip of clips) setHasFile(clip, false);
  for (const project_id of new Set(clips.map((clip) => clip.project_id))) {
    world.emit(library, { type: 'clips_changed', project_id });
  }
  return { files: clips.length, bytes: clips.reduce((sum, clip) => sum + fileBytes(clip), 0) };
}

export function setHasFile(clip: Clip, has_file: boolean): void {
  clip.has_file = has_file;
  clip.changes += 1;
}
