/** The current route, synchronised with the history of the web view. */
import { formatRoute, parseRoute, type Route } from '../lib/route';

function eraOf(state: unknown): number | undefined {
  return (state as { era?: number } | null)?.era;
}

class Router {
  #route = $state.raw<Route>(parseRoute(location.hash));
  /** Counts the libraries this window has shown, so that going back never leads into an earlier one. */
  #era = eraOf(history.state) ?? 0;

  constructor() {
    window.addEventListener('popstate', (event) => {
      if ((eraOf(event.state) ?? this.#era) === this.#era) this.#route = parseRoute(location.hash);
      else this.replace({ at: 'projects' });
    });
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route): void {
    const address = formatRoute(route);
    if (address === location.hash) return;
    history.pushState({ era: this.#era }, '', address);
    this.#route = route;
  }

  /** Navigates without a history entry: to a tab or a clip within the same screen. */
  replace(route: Route): void {
    history.replaceState({ era: this.#era }, '', formatRoute(route));
    this.#route = route;
  }

  /** Starts fresh, for another library. */
  restart(): void {
    this.#era += 1;
    this.replace({ at: 'projects' });
  }

  back(fallback: Route): void {
    if (history.length > 1) history.back();
    else this.replace(fallback);
  }
}

export const router = new Router();
