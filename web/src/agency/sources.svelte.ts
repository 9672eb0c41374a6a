import type { components } from '../client/schema';
import { get, post } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { isSourceTroubled, type Source } from '$lib/sourceHealth';
import { say } from '$lib/strings/sources';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';

export type RefusedRow = components['schemas']['RefusedRowOut'];
export type SourceIn = components['schemas']['SourceIn'];

/** Lists that the agency's system publishes and the post asks for. */
class Sources extends Deeds {
  readonly list = new Resource<Source[]>();
  /** Rows hold people's data, so they are fetched when somebody asks for them. */
  refused = $state.raw<Record<string, RefusedRow[]>>({});
  problem = $state.raw<ApiProblem | null>(null);
  readonly troubled = $derived((this.list.data ?? []).filter(isSourceTroubled).length);

  async load(): Promise<void> {
    await this.list.load(async () => (await get('/v1/sources')).sources);
  }

  /** The secret goes in and never comes out; the same address again changes all but how far it was read. */
  save(body: SourceIn): Promise<boolean> {
    this.problem = null;
    return this.tried(
      async () => {
        await post('/v1/sources', { body });
        toasts.done(say('saved'));
        await this.load();
      },
      (problem) => (this.problem = problem),
    );
  }

  poll(source: Source): Promise<boolean> {
    return this.tried(async () => {
      await post('/v1/sources/{source_id}/poll', this.of(source));
      toasts.done(say('polled'));
      await this.load();
    });
  }

  async switch(source: Source, on: boolean): Promise<void> {
    await this.tried(async () => {
      await this.turn(source, on);
      toasts.done(say(on ? 'is_on' : 'is_off'), () => void this.takenBack(() => this.turn(source, !on)));
    });
  }

  showRefused(source: Source): Promise<boolean> {
    return this.tried(async () => {
      const { rows } = await get('/v1/sources/{source_id}/refused', this.of(source));
      this.refused = { ...this.refused, [source.id]: rows };
    });
  }

  private async turn(source: Source, on: boolean): Promise<void> {
    await (on ? post('/v1/sources/{source_id}/enable', this.of(source)) : post('/v1/sources/{source_id}/disable', this.of(source)));
    await this.load();
  }

  private of(source: Source): { params: { path: { source_id: string } } } {
    return { params: { path: { source_id: source.id } } };
  }
}

export const sources = new Sources();
