import { addProtocol, setWorkerUrl, type StyleSpecification } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { Protocol } from 'pmtiles';
import type { Language } from '$lib/strings/language.svelte';
import type { Theme } from '$lib/theme.svelte';

let started = false;

/** Once per page: our own worker file (no blob, so `worker-src 'self'` holds) and tiles read by range from one archive. */
export function startEngine(): void {
  if (started) return;
  started = true;
  setWorkerUrl(workerUrl);
  addProtocol('pmtiles', new Protocol({ metadata: false }).tile);
}

const GROUND: Record<Theme, string> = { light: '#eef0f3', dark: '#0c1015' };

/** Where no base map is loaded: a plain ground, so that points and routes are still seen. */
export function blankStyle(theme: Theme): StyleSpecification {
  return { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': GROUND[theme] } }] };
}

/** The server's style for a theme, with names in a language, or `null` when it has no base map. */
export async function fetchStyle(theme: Theme, language: Language): Promise<StyleSpecification | null> {
  const response = await fetch(`/basemap/style.json?theme=${theme}&language=${language}`).catch(() => null);
  if (!response?.ok) return null;
  return (await response.json()) as StyleSpecification;
}

/** The font stack that the base map writes with, for text of our own layers; none on the plain ground. */
export function textFont(style: StyleSpecification | null): string[] | null {
  for (const layer of style?.layers ?? []) {
    const font = layer.type === 'symbol' ? layer.layout?.['text-font'] : undefined;
    if (Array.isArray(font) && font.every((name) => typeof name === 'string')) return font as string[];
  }
  return null;
}
