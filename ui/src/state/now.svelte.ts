/** The current time, for displaying ages. */
const STEP_MS = 20_000;

/** The current time, updated while the component is mounted. Call during its initialisation. */
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
