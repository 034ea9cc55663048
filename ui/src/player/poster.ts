/**
 * A poster stays until a film is first played or moved. Here it only bridges
 * the loading: what is judged is the first frame itself. Use as an attachment.
 */
export function posterUntilLoaded(video: HTMLVideoElement): () => void {
  const drop = () => video.removeAttribute('poster');
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) drop();
  video.addEventListener('loadeddata', drop);
  return () => video.removeEventListener('loadeddata', drop);
}
