import type { components } from '../client/schema';
import { get } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { choice } from './choice.svelte';

export type Position = components['schemas']['LastPosition'];

/** A fix older than this says: the courier is silent. */
export const SILENT_S = 15 * 60;
const EVERY_MS = 15_000;
const SOON_MS = 1_000;

/** Where the couriers were last seen; asked again every 15 s, and a second after the stream says that somebody moved. */
class Positions {
  readonly list = new Resource<Position[]>();
  private timer = 0;

  start(): () => void {
    const ask = (): void => {
      if (!document.hidden) void this.load();
    };
    const every = setInterval(ask, EVERY_MS);
    ask();
    return () => clearInterval(every);
  }

  soon(): void {
    this.timer ||= window.setTimeout(() => {
      this.timer = 0;
      void this.load();
    }, SOON_MS);
  }

  async load(): Promise<void> {
    const query = { office_id: choice.officeId };
    await this.list.load(async () => (await get('/v1/positions', { params: { query } })).positions);
  }
}

export const positions = new Positions();
