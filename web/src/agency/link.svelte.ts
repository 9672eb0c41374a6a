import { del, get, post } from '$lib/api/client';
import { once } from '$lib/api/once';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/agency';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { isTroubled } from './health';
import type { DeadLetter, Endpoint, Key, Trial } from './types';

/** The secret of an endpoint, or a key, with what it is called. */
export interface Told {
  id: string;
  of: string;
  text: string;
}

/** How the agency's system and ours are tied together: where events go, how that goes, and keys for the way back. */
class Link extends Deeds {
  readonly endpoints = new Resource<Endpoint[]>();
  readonly keys = new Resource<Key[]>();
  /** What the server tells this one time; shown until the person has it, whatever else is done meanwhile. */
  secret = $state.raw<Told | null>(null);
  key = $state.raw<Told | null>(null);
  trial = $state.raw<{ endpointId: string; answer: Trial } | null>(null);
  letters = $state.raw<Record<string, DeadLetter[]>>({});
  readonly troubled = $derived((this.endpoints.data ?? []).filter(isTroubled).length);

  async load(): Promise<void> {
    await Promise.all([
      this.endpoints.load(async () => (await get('/v1/endpoints')).endpoints),
      this.keys.load(async () => (await get('/v1/keys')).keys),
    ]);
  }

  add(url: string): Promise<boolean> {
    return this.tried(async () => {
      const made = await once(['endpoint', url], (header) => post('/v1/endpoints', { params: { header }, body: { url } }));
      if (made.secret) this.secret = { id: made.endpoint.id, of: made.endpoint.url, text: made.secret };
      else toasts.done(say('endpoint.known'));
      await this.load();
    });
  }

  /** The old secret signs too for a day, so nothing has to happen at the same moment. */
  rotate(endpoint: Endpoint): Promise<boolean> {
    return this.tried(async () => {
      const path = { endpoint_id: endpoint.id };
      const made = await once(['rotate', path], (header) =>
        post('/v1/endpoints/{endpoint_id}/rotate', { params: { path, header } }),
      );
      if (made.secret) this.secret = { id: endpoint.id, of: endpoint.url, text: made.secret };
      await this.load();
    });
  }

  async switch(endpoint: Endpoint, on: boolean): Promise<void> {
    await this.tried(async () => {
      await this.turn(endpoint, on);
      toasts.done(say(on ? 'endpoint.is_on' : 'endpoint.is_off'), () => void this.takenBack(() => this.turn(endpoint, !on)));
    });
  }

  test(endpoint: Endpoint): Promise<boolean> {
    this.trial = null;
    return this.tried(async () => {
      const answer = await post('/v1/endpoints/{endpoint_id}/test', { params: { path: { endpoint_id: endpoint.id } } });
      this.trial = { endpointId: endpoint.id, answer };
    });
  }

  async showLetters(endpoint: Endpoint): Promise<void> {
    const params = { path: { endpoint_id: endpoint.id } };
    await this.tried(async () => {
      const { letters } = await get('/v1/endpoints/{endpoint_id}/dead', { params });
      this.letters = { ...this.letters, [endpoint.id]: letters };
    });
  }

  resend(endpoint: Endpoint): Promise<boolean> {
    const params = { path: { endpoint_id: endpoint.id } };
    return this.tried(async () => {
      const body = { dead_only: true, from_sequence: 1 };
      const { messages } = await post('/v1/endpoints/{endpoint_id}/replay', { params, body });
      this.letters = { ...this.letters, [endpoint.id]: [] };
      toasts.done(say('dead.resent', { n: messages }));
      await this.load();
    });
  }

  addKey(name: string): Promise<boolean> {
    return this.tried(async () => {
      const { id, key } = await post('/v1/keys', { body: { name } });
      this.key = { id, of: name, text: key };
      await this.load();
    });
  }

  /** For good: a key that was lost must not come back. */
  revoke(key: Key): Promise<boolean> {
    return this.tried(async () => {
      await del('/v1/keys/{key_id}', { params: { path: { key_id: key.id } } });
      if (this.key?.id === key.id) this.key = null;
      toasts.done(say('key.revoked_toast', { name: key.name }));
      await this.load();
    });
  }

  hide(what: 'secret' | 'key'): void {
    this[what] = null;
  }

  private async turn(endpoint: Endpoint, on: boolean): Promise<void> {
    const params = { path: { endpoint_id: endpoint.id } };
    await (on ? post('/v1/endpoints/{endpoint_id}/enable', { params }) : post('/v1/endpoints/{endpoint_id}/disable', { params }));
    await this.load();
  }
}

export const link = new Link();
