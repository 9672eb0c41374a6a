import type { Visit } from '../day/visits';
import { UNDO_MS } from '../send/outbox';
import type { DoorEntry } from '../store/schema';
import { uuid7 } from './uuid7';

/** A phone less exact than this does not know the door from the neighbour's: the server refuses it too (T2303). */
export const STANDING_ACCURACY_M = 30;
/** A fix older than this is where the courier was before. */
export const FRESH_MS = 20_000;

export interface PinMoment {
  userId: string;
  /** Device time in ms, and the same by the server's clock. */
  at: number;
  serverMs: number;
}

/** What keeps a fix from being the door: it is inexact, or old; `null` when nothing does. */
export function lackOfFix(fix: { accuracyM: number; at: number }, now: number): 'inexact' | 'old' | null {
  if (fix.accuracyM > STANDING_ACCURACY_M) return 'inexact';
  return now - fix.at > FRESH_MS ? 'old' : null;
}

/** A corrected pin, ready to be sent. `accuracyM` only when somebody stood there. */
export function pinEntry(visit: Visit, point: readonly [number, number], accuracyM: number | null, moment: PinMoment): DoorEntry {
  const id = uuid7(moment.serverMs);
  const item = visit.items[0];
  return {
    kind: 'door',
    id,
    userId: moment.userId,
    madeAt: moment.at,
    label: { code: item?.item_code ?? '', name: visit.addressee.name, address: visit.address },
    itemIds: item ? [item.id] : [],
    state: 'waiting',
    tries: 0,
    notBefore: moment.at + UNDO_MS,
    problem: null,
    body: { point: [point[0], point[1]], id, occurred_at: new Date(moment.serverMs).toISOString(), accuracy_m: accuracyM },
  };
}
