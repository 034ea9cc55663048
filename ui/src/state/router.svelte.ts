import { formatRoute, parseRoute, type Route } from '../lib/route';

class Router {
  #route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    window.addEventListener('popstate', () => {
      this.#route = parseRoute(location.hash);
    });
  }

  get route(): Route {
    return this.#route;
  }

  go(route: Route): void {
    const address = formatRoute(route);
    if (address === location.hash) return;
    history.pushState(null, '', address);
    this.#route = route;
  }

  /** Goes without leaving a step to go back to: a tab or a clip within the same screen. */
  replace(route: Route): void {
    history.replaceState(null, '', formatRoute(route));
    this.#route = route;
  }

  back(fallback: Route): void {
    if (history.length > 1) history.back();
    else this.replace(fallback);
  }
}

export const router = new Router();
