/** The shapes that carry a state: shape, word and colour together, never colour alone. */
export type Shape = 'dot' | 'ring' | 'arrow' | 'triangle' | 'square' | 'diamond' | 'back';
export type Tone = 'waiting' | 'on-way' | 'delivered' | 'failed' | 'held' | 'risk';

export interface Look {
  shape: Shape;
  tone: Tone;
}

const LOOKS: Record<string, Look> = {
  accepted: { shape: 'ring', tone: 'risk' },
  ready: { shape: 'ring', tone: 'waiting' },
  planned: { shape: 'ring', tone: 'on-way' },
  out: { shape: 'arrow', tone: 'on-way' },
  delivered: { shape: 'dot', tone: 'delivered' },
  attempt_failed: { shape: 'triangle', tone: 'failed' },
  redeliver: { shape: 'triangle', tone: 'failed' },
  held: { shape: 'square', tone: 'held' },
  forwarded: { shape: 'arrow', tone: 'held' },
  returning: { shape: 'back', tone: 'held' },
  returned: { shape: 'back', tone: 'waiting' },
  collected: { shape: 'arrow', tone: 'on-way' },
  handed_in: { shape: 'dot', tone: 'delivered' },
  lost: { shape: 'diamond', tone: 'failed' },
  withdrawn: { shape: 'back', tone: 'waiting' },
  risk: { shape: 'diamond', tone: 'risk' },
  overdue: { shape: 'diamond', tone: 'failed' },
};

/** How a status of an item is drawn; one that is not known yet looks like waiting. */
export function lookOf(status: string): Look {
  return LOOKS[status] ?? { shape: 'ring', tone: 'waiting' };
}

/** What a stop shows when its papers stand differently: the one that needs a look first. */
const URGENCY = ['lost', 'attempt_failed', 'redeliver', 'held', 'returning', 'forwarded', 'out', 'planned', 'ready', 'accepted', 'collected', 'withdrawn', 'returned', 'handed_in', 'delivered'];

export function statusOfStop(statuses: readonly string[]): string {
  return URGENCY.find((status) => statuses.includes(status)) ?? statuses[0] ?? 'planned';
}

/** Outlines in a 12 × 12 box, used by the SVG marks and by the map's icons alike. */
export const OUTLINES: Record<Shape, string> = {
  dot: 'M6 1.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z',
  ring: 'M6 1.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z',
  arrow: 'M1.4 1.2L11.2 6L1.4 10.8L3.6 6z',
  triangle: 'M6 1L11.4 10.8L0.6 10.8z',
  square: 'M1.6 1.6h8.8v8.8h-8.8z',
  diamond: 'M6 0.4L11.6 6L6 11.6L0.4 6z',
  back: 'M10.6 1.2L0.8 6L10.6 10.8L8.4 6z',
};
