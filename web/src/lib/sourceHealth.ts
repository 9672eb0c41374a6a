import type { components } from '../client/schema';
import type { Look } from './status';

export type Source = components['schemas']['SourceOut'];
export type SourceHealth = 'off' | 'failing' | 'refusing' | 'well' | 'new';

export const SOURCE_LOOKS: Record<SourceHealth, Look> = {
  off: { shape: 'square', tone: 'held' },
  failing: { shape: 'triangle', tone: 'failed' },
  refusing: { shape: 'diamond', tone: 'risk' },
  well: { shape: 'dot', tone: 'delivered' },
  new: { shape: 'ring', tone: 'waiting' },
};

type Facts = Pick<Source, 'state' | 'failures' | 'last_ok_at' | 'rows_refused'>;

/** How a published list is read, the worst first. Rows that were refused once stay in the count, so they alone alarm nobody. */
export function sourceHealth(source: Facts): SourceHealth {
  if (source.state !== 'active') return 'off';
  if (source.failures > 0) return 'failing';
  if (!source.last_ok_at) return 'new';
  return source.rows_refused > 0 ? 'refusing' : 'well';
}

/** Whether somebody should look at once. */
export function isSourceTroubled(source: Facts): boolean {
  return ['off', 'failing'].includes(sourceHealth(source));
}
