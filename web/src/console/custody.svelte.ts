import { get, post } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { components } from '../client/schema';
import { choice } from './choice.svelte';

export type Incident = components['schemas']['IncidentOut'];
export type Transfer = components['schemas']['TransferOut'];

/** What waits for the dispatcher at the counter: differences to explain, transfers to approve. */
class Custody extends Deeds {
  readonly incidents = new Resource<Incident[]>();
  readonly transfers = new Resource<Transfer[]>();
  readonly open = $derived(this.incidents.data ?? []);
  readonly asked = $derived((this.transfers.data ?? []).filter((one) => one.office_id === choice.officeId));
  readonly waiting = $derived(this.open.length + this.asked.length);

  clear(): void {
    this.incidents.clear();
    this.transfers.clear();
  }

  async load(): Promise<void> {
    const query = { office_id: choice.officeId };
    await Promise.all([
      this.incidents.load(async () => (await get('/v1/incidents', { params: { query } })).incidents),
      this.transfers.load(async () => (await get('/v1/transfers')).transfers),
    ]);
  }

  decide(incident: Incident, state: 'explained' | 'closed', explanation: string): Promise<boolean> {
    return this.tried(async () => {
      const params = { path: { incident_id: incident.id } };
      await post('/v1/incidents/{incident_id}:decide', { params, body: { state, explanation } });
      toasts.done(say(`incident.${state}_toast`));
      await this.load();
    });
  }

  answer(transfer: Transfer, state: 'approved' | 'declined' | 'withdrawn'): Promise<boolean> {
    return this.tried(async () => {
      await post('/v1/transfers/{transfer_id}:decide', { params: { path: { transfer_id: transfer.id } }, body: { state } });
      toasts.done(say(`transfers.${state}`));
      await this.load();
    });
  }
}

export const custody = new Custody();
