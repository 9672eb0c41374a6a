/** The screens of the phone; the address' part after `#` names them, so that the phone's own back key works. */
const NAMES = ['today', 'visit', 'deliver', 'fail', 'pin', 'collect', 'transfer', 'load', 'outbox', 'map', 'more', 'sign-in'] as const;
export type ScreenName = (typeof NAMES)[number];

export interface Place {
  name: ScreenName;
  id: string;
}

export function placeOf(hash: string): Place {
  const [name = '', id = ''] = hash.replace(/^#\/?/, '').split('/');
  return { name: NAMES.find((one) => one === name) ?? 'today', id: decodeURIComponent(id) };
}

export function hrefOf(name: ScreenName, id = ''): string {
  return id ? `#/${name}/${encodeURIComponent(id)}` : `#/${name}`;
}

class Route {
  place = $state.raw<Place>(placeOf(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.place = placeOf(location.hash);
      scrollTo(0, 0);
    });
  }

  /** Goes on without leaving the screen behind in the history: a finished form is not come back to. */
  replace(name: ScreenName, id = ''): void {
    location.replace(hrefOf(name, id));
  }
}

export const route = new Route();
