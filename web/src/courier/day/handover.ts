import { uuid7 } from '../door/uuid7';
import type { HandoverEntry } from '../store/schema';
import type { VisitItem } from './visits';

/** A change of hands at the counter, ready to be sent: `counted` is what courier and office counted together. */
export function handoverOf(kind: HandoverEntry['kind'], items: readonly VisitItem[], userId: string, at: number, serverMs: number): HandoverEntry {
  const ids = items.map((item) => item.id);
  return {
    kind,
    id: uuid7(serverMs),
    userId,
    madeAt: at,
    label: { code: '', name: '', address: '' },
    codes: items.map((item) => item.item_code),
    itemIds: ids,
    state: 'waiting',
    tries: 0,
    notBefore: 0,
    problem: null,
    body: { item_ids: ids, counted: items.length },
  };
}
