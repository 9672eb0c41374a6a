import type { Map as MapLibre } from 'maplibre-gl';
import { computed, routeInk, routeToken } from '$lib/routeColour';
import { lookOf, OUTLINES } from '$lib/status';

/** Drawn at twice the size, so that numbers stay sharp on every screen. */
const RATIO = 2;

/** Everything an icon of a stop shows. */
export interface StopIcon {
  colour: number;
  label: string;
  /** The state drawn as a small shape at the corner; empty for a stop that simply waits its turn. */
  badge: string;
  done: boolean;
  selected: boolean;
}

/** The name of an icon; the map asks for it when it first needs it. */
export function stopIcon(icon: StopIcon): string {
  return ['stop', icon.colour, icon.label, icon.badge, icon.done ? 1 : 0, icon.selected ? 1 : 0].join('|');
}

/** Reads `stopIcon`'s name back; `null` for other names. */
export function readStopIcon(id: string): StopIcon | null {
  const [kind, colour, label = '', badge = '', done, selected] = id.split('|');
  if (kind !== 'stop') return null;
  return { colour: Number(colour), label, badge, done: done === '1', selected: selected === '1' };
}

function canvas(size: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = element.height = size * RATIO;
  const context = element.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.scale(RATIO, RATIO);
  return context;
}

function outline(context: CanvasRenderingContext2D, path: string, x: number, y: number, scale: number): void {
  context.save();
  context.translate(x - 6 * scale, y - 6 * scale);
  context.scale(scale, scale);
  const shape = new Path2D(path);
  context.strokeStyle = computed('--surface');
  context.lineWidth = 3.4 / scale;
  context.lineJoin = 'round';
  context.stroke(shape);
  context.fill(shape);
  context.restore();
}

function disc(context: CanvasRenderingContext2D, x: number, radius: number, fill: string): void {
  context.beginPath();
  context.arc(x, x, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
}

function drawStop(icon: StopIcon): ImageData {
  const size = 36;
  const middle = size / 2;
  const radius = icon.selected ? 13 : 10;
  const context = canvas(size);
  const colour = computed(routeToken(icon.colour));
  if (icon.selected) disc(context, middle, radius + 4, computed('--ink'));
  disc(context, middle, radius + 1.6, computed('--surface'));
  disc(context, middle, radius, colour);
  if (icon.done) disc(context, middle, radius - 2.4, computed('--surface'));
  context.fillStyle = icon.done ? computed('--ink-2') : routeInk(icon.colour);
  context.font = `600 ${icon.label.length > 2 ? 9 : 11}px 'Be Vietnam Pro', sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.fillText(icon.label, middle, middle + 4);
  if (icon.badge) badge(context, icon.badge, middle + radius - 2, middle - radius + 2);
  return context.getImageData(0, 0, size * RATIO, size * RATIO);
}

function badge(context: CanvasRenderingContext2D, status: string, x: number, y: number): void {
  const look = lookOf(status);
  context.fillStyle = computed(look.tone === 'risk' ? '--amber' : `--${look.tone}`);
  outline(context, OUTLINES[look.shape], x, y, 0.86);
}

function drawUnplanned(selected: boolean): ImageData {
  const size = 28;
  const context = canvas(size);
  if (selected) disc(context, size / 2, 13, computed('--ink'));
  context.fillStyle = computed('--amber');
  outline(context, OUTLINES.diamond, size / 2, size / 2, 1.4);
  return context.getImageData(0, 0, size * RATIO, size * RATIO);
}

function drawRing(): ImageData {
  const size = 44;
  const context = canvas(size);
  context.beginPath();
  context.arc(size / 2, size / 2, 17, 0, 2 * Math.PI);
  context.strokeStyle = computed('--amber');
  context.lineWidth = 3;
  context.stroke();
  return context.getImageData(0, 0, size * RATIO, size * RATIO);
}

/** A tile of slanting lines, seamless on all sides: closed roads are told by more than their colour. */
function drawHatch(token: string): ImageData {
  const size = 12;
  const context = canvas(size);
  context.strokeStyle = computed(token);
  context.globalAlpha = 0.75;
  context.lineWidth = 1.5;
  for (const shift of [-size, 0, size]) {
    context.beginPath();
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
    context.stroke();
  }
  return context.getImageData(0, 0, size * RATIO, size * RATIO);
}

function draw(id: string): ImageData | null {
  const stop = readStopIcon(id);
  if (stop) return drawStop(stop);
  if (id === 'fresh') return drawRing();
  if (id.startsWith('hatch|')) return drawHatch(id === 'hatch|waiting' ? '--amber' : '--failed');
  return id.startsWith('unplanned') ? drawUnplanned(id === 'unplanned-selected') : null;
}

/** Gives the map an icon it asked for by name: `stop|…`, `fresh`, `hatch|…`, `unplanned`, `unplanned-selected`. */
export async function resolveIcon(map: MapLibre, id: string): Promise<void> {
  await document.fonts.load("600 11px 'Be Vietnam Pro'", '0123456789');
  const image = map.hasImage(id) ? null : draw(id);
  if (image) map.addImage(id, image, { pixelRatio: RATIO });
}
