import { expect, test } from 'vitest';
import { ServerClock } from './now.svelte';

test("ages are by the server's clock once it was asked, by this computer's before", () => {
  let own = 1_000_000;
  const clock = new ServerClock(() => own);
  expect(clock.since(new Date(940_000).toISOString())).toBe(60);
  clock.set(400_000);
  expect(clock.current).toBe(400_000);
  own += 10_000;
  clock.beat();
  expect(clock.since(new Date(380_000).toISOString())).toBe(30);
  expect(clock.since(new Date(2_000_000).toISOString())).toBe(0);
});
