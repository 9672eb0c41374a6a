const COLOURS = 20;

/** Routes whose own colour needs dark letters on it. */
const PALE = new Set([3, 4, 5, 6, 10, 11, 15, 16, 17, 18]);

/** The token of a route's colour; after twenty couriers the colours come again, the initials tell them apart. */
export function routeToken(index: number): string {
  return `--route-${((index % COLOURS) + COLOURS) % COLOURS}`;
}

export function routeColour(index: number): string {
  return `var(${routeToken(index)})`;
}

/** Letters on a route's colour, with enough contrast in light mode. */
export function routeInk(index: number): string {
  return PALE.has(index % COLOURS) ? '#14181d' : '#ffffff';
}

/** A token's colour as the browser computed it, for canvas and map paint. */
export function computed(token: string, root: Element = document.documentElement): string {
  return getComputedStyle(root).getPropertyValue(token).trim();
}
