import type { Map as MapLibre } from 'maplibre-gl';
import { getContext, setContext } from 'svelte';

const KEY = Symbol('map');

/** What the parts inside a `MapView` share. `epoch` rises with each loaded style: then sources and layers are put in again. */
export class MapContext {
  map = $state.raw<MapLibre | null>(null);
  epoch = $state(0);
  /** False while a style is being exchanged: the map takes no sources and layers then. */
  open = $state(false);
  /** True while every click is a place, as when something is drawn: what lies there is not picked. */
  places = $state(false);
  font = $state.raw<string[] | null>(null);
}

export function provideMap(): MapContext {
  return setContext(KEY, new MapContext());
}

export function useMap(): MapContext {
  return getContext<MapContext>(KEY);
}
