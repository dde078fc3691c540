/** Where the app is: the browser's address as reactive state, and the only ways to change it. */
import { belongsToServer } from './match.ts';
import { withQuery, type QueryPatch } from './query.ts';

type Place = { path: string; query: URLSearchParams };

let place = $state.raw<Place>(read());
/** Rises with every visit of another path, so that a screen is not reused for another subject. */
let visit = $state(0);

export const here = {
  get path() {
    return place.path;
  },
  get query() {
    return place.query;
  },
  get visit() {
    return visit;
  },
  get address() {
    const query = place.query.toString();
    return query ? `${place.path}?${query}` : place.path;
  },
};

export function navigate(address: string, { replace = false } = {}): void {
  const url = new URL(address, window.location.href);
  if (replace) {
    history.replaceState(history.state, '', url);
  } else {
    history.replaceState({ scroll: window.scrollY }, '');
    history.pushState({}, '', url);
  }
  const before = place.path;
  place = read();
  if (place.path !== before) {
    visit += 1;
    if (!replace) window.scrollTo(0, 0);
  }
}

/** Changes the query of this place. Typing replaces the entry in the history; a deliberate choice adds one. */
export function setQuery(patch: QueryPatch | URLSearchParams, { replace = false } = {}): void {
  const query = patch instanceof URLSearchParams ? patch : withQuery(place.query, patch);
  const text = query.toString();
  const address = text ? `${place.path}?${text}` : place.path;
  if (address !== here.address) navigate(address, { replace });
}

/** Follows the back button and plain links. Returns what ends it. */
export function followBrowser(): () => void {
  history.scrollRestoration = 'manual';
  const onPop = (event: PopStateEvent) => {
    const before = place.path;
    place = read();
    if (place.path !== before) visit += 1;
    restoreScroll((event.state as { scroll?: number } | null)?.scroll ?? 0);
  };
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== window.location.origin || belongsToServer(url.pathname)) return;
    if (url.hash && url.pathname === place.path) return;
    event.preventDefault();
    navigate(url.pathname + url.search);
  };
  window.addEventListener('popstate', onPop);
  document.addEventListener('click', onClick);
  return () => {
    window.removeEventListener('popstate', onPop);
    document.removeEventListener('click', onClick);
  };
}

function read(): Place {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

/** The screen we return to loads its data first, so the height comes late: try for up to a second. */
function restoreScroll(top: number): void {
  const until = performance.now() + 1000;
  const attempt = () => {
    window.scrollTo(0, top);
    if (Math.abs(window.scrollY - top) > 2 && performance.now() < until) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}
