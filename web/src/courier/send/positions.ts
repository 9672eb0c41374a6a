import { asProblem } from '$lib/api/problem';
import type { CourierDb, Fix } from '../store/schema';
import type { Pass } from './outbox';
import { verdictOf } from './verdict';
import type { Wire } from './wire';

/** Fixes in one call; the server takes up to 1000. */
const BATCH = 500;
/** A working day at one fix in ten seconds, several times over; beyond it the oldest go. */
const MOST = 20_000;

/** Hands over the positions that were gathered, oldest first, and forgets each batch when it is taken. */
export async function sendPositions(db: CourierDb, wire: Pick<Wire, 'postPositions'>, userId: string): Promise<Pass['end']> {
  for (;;) {
    const keys = await db.getAllKeysFromIndex('fixes', 'user', userId, BATCH);
    if (!keys.length) return 'done';
    const kept = await Promise.all(keys.map((key) => db.get('fixes', key)));
    try {
      await wire.postPositions(kept.flatMap((one) => (one ? [one.fix] : [])));
    } catch (error) {
      const verdict = verdictOf(asProblem(error));
      if (verdict !== 'final') return verdict === 'later' ? 'done' : verdict;
      // Refused for good: a track is no proof, and it must not hold up the fixes behind it.
    }
    const change = db.transaction('fixes', 'readwrite');
    for (const key of keys) await change.store.delete(key);
    await change.done;
  }
}

/** Keeps one fix; the store never grows without bound. */
export async function keepFix(db: CourierDb, userId: string, fix: Fix): Promise<void> {
  await db.add('fixes', { userId, fix });
  const spare = (await db.count('fixes')) - MOST;
  if (spare > 0) for (const key of await db.getAllKeys('fixes', null, spare)) await db.delete('fixes', key);
}
