import { del, get, post } from '$lib/api/client';
import { once } from '$lib/api/once';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/agency';
import { say as sayEndpoint } from '$lib/strings/endpoints';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { isTroubled } from './health';
import type { DeadLetter, Endpoint, Key, OpenCpsIn, ReplayIn, Trial } from './types';

type Refused = (problem: ApiProblem) => unknown;

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

  add(url: string, refused: Refused): Promise<boolean> {
    return this.tried(async () => {
      const made = await once(['endpoint', url], (header) => post('/v1/endpoints', { params: { header }, body: { url } }));
      if (made.secret) this.secret = { id: made.endpoint.id, of: made.endpoint.url, text: made.secret };
      else toasts.done(say('endpoint.known'));
      await this.load();
    }, refused);
  }

  /** The account goes in and never comes out; the same address again changes it. */
  saveOpenCps(body: OpenCpsIn, refused: Refused): Promise<boolean> {
    return this.tried(async () => {
      const known = this.endpoints.data?.some((one) => one.url === body.url);
      await post('/v1/endpoints:opencps', { body });
      toasts.done(sayEndpoint(known ? 'saved' : 'opened'));
      await this.load();
    }, refused);
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

  showLetters(endpoint: Endpoint): Promise<boolean> {
    return this.tried(() => this.loadLetters(endpoint));
  }

  hideLetters(endpoint: Endpoint): void {
    this.letters = Object.fromEntries(Object.entries(this.letters).filter(([id]) => id !== endpoint.id));
  }

  /** How many messages would be sent again, if that can be told. */
  async countReplay(endpoint: Endpoint, chosen: ReplayIn, refused: Refused): Promise<number | null> {
    let counted: number | null = null;
    await this.tried(async () => void (counted = await this.replayed(endpoint, { ...chosen, count_only: true })), refused);
    return counted;
  }

  /** Under the ids they had: a receiver drops what it has seen, and what is on its way cannot be taken back. */
  replay(endpoint: Endpoint, chosen: ReplayIn, refused?: Refused): Promise<boolean> {
    return this.tried(async () => {
      const n = await this.replayed(endpoint, chosen);
      toasts.done(sayEndpoint(endpoint.state === 'active' ? 'dead.sent' : 'dead.kept', { n }));
      await Promise.all([this.load(), endpoint.id in this.letters && this.loadLetters(endpoint)]);
    }, refused);
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

  private async replayed({ id }: Endpoint, body: ReplayIn): Promise<number> {
    return (await post('/v1/endpoints/{endpoint_id}/replay', { params: { path: { endpoint_id: id } }, body })).messages;
  }

  private async loadLetters({ id }: Endpoint): Promise<void> {
    const { letters } = await get('/v1/endpoints/{endpoint_id}/dead', { params: { path: { endpoint_id: id } } });
    this.letters = { ...this.letters, [id]: letters };
  }

  private async turn(endpoint: Endpoint, on: boolean): Promise<void> {
    const params = { path: { endpoint_id: endpoint.id } };
    await (on ? post('/v1/endpoints/{endpoint_id}/enable', { params }) : post('/v1/endpoints/{endpoint_id}/disable', { params }));
    await this.load();
  }
}

export const link = new Link();
