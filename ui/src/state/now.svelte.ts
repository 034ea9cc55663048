/** The time of day, for what tells ages. */
const STEP_MS = 20_000;

/** The time as ages are told by: it goes on while the component is on the screen. Call while it is set up. */
export function useNow(): { readonly ms: number } {
  let ms = $state(Date.now());
  $effect(() => {
    const timer = setInterval(() => (ms = Date.now()), STEP_MS);
    return () => clearInterval(timer);
  });
  return {
    get ms() {
      return ms;
    },
  };
}
