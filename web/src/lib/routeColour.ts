import { theme } from './theme.svelte';

const COLOURS = 20;
const DARK_INK = '#0f1216';
const LIGHT_INK = '#ffffff';

/** The token of a route's colour; after twenty couriers the colours come again, the initials tell them apart. */
export function routeToken(index: number): string {
  return `--route-${((index % COLOURS) + COLOURS) % COLOURS}`;
}

export function routeColour(index: number): string {
  return `var(${routeToken(index)})`;
}

/** WCAG's relative luminance of `#rrggbb`, 0 to 1. */
export function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG's contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Dark or light letters, whichever reads better on a colour. */
export function inkOn(colour: string): string {
  return contrast(colour, DARK_INK) > contrast(colour, LIGHT_INK) ? DARK_INK : LIGHT_INK;
}

/** Letters on a route's colour; the colours differ a little between the themes. */
export function routeInk(index: number): string {
  void theme.current;
  return inkOn(computed(routeToken(index)));
}

/** A token's colour as the browser computed it, for canvas and map paint. */
export function computed(token: string, root: Element = document.documentElement): string {
  return getComputedStyle(root).getPropertyValue(token).trim();
}
