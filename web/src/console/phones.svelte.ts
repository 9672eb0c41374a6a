import { del, get, post } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { Phone } from './types';

/** The phones that send a courier's positions, each with a key of its own. */
class Phones extends Deeds {
  readonly resource = new Resource<Phone[]>();
  /** The key that was just made; the server tells it this one time. */
  made = $state.raw<{ label: string; key: string } | null>(null);
  private courierId = '';

  open(courierId: string): void {
    this.courierId = courierId;
    this.resource.clear();
    this.made = null;
    void this.load();
  }

  async load(): Promise<void> {
    const params = { path: { courier_id: this.courierId } };
    await this.resource.load(async () => (await get('/v1/couriers/{courier_id}/devices', { params })).devices);
  }

  add(label: string): Promise<boolean> {
    const params = { path: { courier_id: this.courierId } };
    return this.tried(async () => {
      const { key } = await post('/v1/couriers/{courier_id}/devices', { params, body: { label } });
      this.made = { label, key };
      await this.load();
    });
  }

  /** For good: a key that was lost must not come back. */
  revoke(phone: Phone): Promise<boolean> {
    const params = { path: { courier_id: this.courierId, device_id: phone.id } };
    return this.tried(async () => {
      await del('/v1/couriers/{courier_id}/devices/{device_id}', { params });
      this.made = null;
      toasts.done(say('phones.revoked_toast', { label: phone.label }));
      await this.load();
    });
  }
}

export const phones = new Phones();
