import { get } from './api/client';
import { now } from './now.svelte';

const CALM_MS = 60_000;
const FAST_MS = 2_000;
const DRIFT_MS = 2_000;

let asking: ReturnType<typeof setTimeout> | undefined;

/**
 * Asks the server what time it is, once a minute; every two seconds while its clock runs away from this one, as in a
 * demonstration whose day passes in minutes. Without an answer the clock runs on as it did.
 */
export async function followServerClock(): Promise<void> {
  clearTimeout(asking);
  const answer = await get('/v1/clock').catch(() => null);
  now.beat();
  const expected = now.current;
  if (answer) now.set(Date.parse(answer.now));
  const drifts = Math.abs(now.current - expected) > DRIFT_MS;
  asking = setTimeout(() => void followServerClock(), drifts ? FAST_MS : CALM_MS);
}
