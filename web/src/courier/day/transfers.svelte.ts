import { get, post } from '$lib/api/client';
import { say } from '$lib/strings/courier';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { components } from '../../client/schema';
import { uuid7 } from '../door/uuid7';
import { sender } from '../send/sender.svelte';
import { keep, recall } from '../store/kept';
import type { TransferEntry } from '../store/schema';
import { clock } from './clock.svelte';

type Schemas = components['schemas'];
export type Transfer = Schemas['TransferOut'];

/** Items that pass from a courier to a colleague on the road: asked for on the phone, also without network, and decided. */
export class Transfers extends Deeds {
  peers = $state.raw<Schemas['Colleague'][]>([]);
  asked = $state.raw<Transfer[]>([]);

  constructor(readonly courierId: string) {
    super();
  }

  /** Who works here is kept on the phone: asking must work where there is no network. */
  async look(): Promise<void> {
    const name = `peers/${this.courierId}`;
    this.peers = (await recall<Schemas['Colleague'][]>(name)) ?? [];
    if (!navigator.onLine) return;
    try {
      this.peers = (await get('/v1/courier/colleagues')).couriers;
      this.asked = (await get('/v1/transfers')).transfers;
      await keep(name, this.peers);
    } catch {
      // Without an answer the phone goes by what it knew.
    }
  }

  ask(to: string, itemIds: string[], userId: string): Promise<boolean> {
    const entry: TransferEntry = {
      kind: 'transfer',
      id: uuid7(clock.now()),
      userId,
      madeAt: Date.now(),
      label: { code: '', name: this.peers.find((one) => one.id === to)?.name ?? '', address: '' },
      itemIds,
      state: 'waiting',
      tries: 0,
      notBefore: 0,
      problem: null,
      body: { from_courier_id: this.courierId, to_courier_id: to, item_ids: itemIds },
    };
    return this.tried(async () => {
      await sender.add([entry]);
      toasts.done(say('transfer.asked'));
      void this.look();
    });
  }

  async decide(transfer: Transfer, state: 'approved' | 'declined' | 'withdrawn'): Promise<void> {
    await this.tried(async () => {
      await post('/v1/transfers/{transfer_id}:decide', { params: { path: { transfer_id: transfer.id } }, body: { state } });
      sender.onSent();
    });
    await this.look();
  }
}
