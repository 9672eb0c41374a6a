import type { Endpoint } from './types';

export type Health = 'off' | 'resting' | 'failing' | 'dead' | 'well' | 'new';

type Facts = Pick<Endpoint, 'state' | 'failures' | 'paused_until' | 'dead' | 'last_success_at' | 'last_failure_at'>;

/** How an endpoint is, the worst first: switched off, resting after failures, failing, with letters given up. */
export function healthOf(endpoint: Facts): Health {
  if (endpoint.state !== 'active') return 'off';
  if (endpoint.failures > 0) return endpoint.paused_until ? 'resting' : 'failing';
  if (endpoint.dead > 0) return 'dead';
  const { last_success_at: good, last_failure_at: bad } = endpoint;
  if (bad && (!good || Date.parse(bad) > Date.parse(good))) return 'failing';
  return good ? 'well' : 'new';
}

/** Whether somebody should look. */
export function isTroubled(endpoint: Facts): boolean {
  return !['well', 'new'].includes(healthOf(endpoint));
}
