/**
 * A poster stays until a video is first played or moved. Here it only bridges
 * the loading, because the first frame itself is judged. Use as an attachment.
 */
export function posterUntilLoaded(video: HTMLVideoElement): () => void {
  const drop = () => video.removeAttribute('poster');
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) drop();
  video.addEventListener('loadeddata', drop);
  return () => video.removeEventListener('loadeddata', drop);
}
