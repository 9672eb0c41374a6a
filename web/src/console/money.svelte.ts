import { get, post } from '$lib/api/client';
import { once } from '$lib/api/once';
import { Resource } from '$lib/api/resource.svelte';
import { vnd } from '$lib/format';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import type { Agency, CourierMoney, Reconciliation, Settlement } from './types';

/** An amount as people type it: with dots or spaces between the thousands, or not; null for what is none. */
export function amountOf(typed: string): number | null {
  const digits = typed.replace(/[\s.,]/g, '');
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}

/** Whether a counted sum was right, and by how much it was not. */
export function differenceOf(settled: Settlement): string {
  const off = settled.difference_vnd;
  if (off === 0) return say('money.right');
  return off < 0 ? say('money.short', { amount: vnd(-off) }) : say('money.over', { amount: vnd(off) });
}

/**
 * The office's cash of the chosen day: who holds what, counted in, passed on. A deed is over when the server has it; the
 * clerk, who types the next sum at once, does not wait for the table.
 */
class MoneyCare extends Deeds {
  readonly couriers = new Resource<CourierMoney[]>();
  readonly report = new Resource<Reconciliation>();
  readonly agencies = new Resource<Agency[]>();

  /** Cash of another office or day must not be seen under this one's name. */
  open(): void {
    this.couriers.clear();
    this.report.clear();
    void this.load();
  }

  async load(): Promise<void> {
    const { officeId: office_id, day: on } = choice;
    await Promise.all([
      this.couriers.load(async () => (await get('/v1/money/couriers', { params: { query: { office_id, on } } })).days),
      this.report.load(() => get('/v1/money/reconciliation', { params: { query: { office_id, from: on, to: on } } })),
      this.agencies.load(async () => (await get('/v1/agencies')).agencies),
    ]);
  }

  remit(courier: CourierMoney, counted_vnd: number): Promise<boolean> {
    const body = { courier_id: courier.courier_id, counted_vnd, for_on: choice.day, note: '' };
    return this.tried(async () => {
      await once(['remit', body], (header) => post('/v1/money/remittances', { params: { header }, body }));
      toasts.done(say('money.taken', { amount: vnd(counted_vnd), name: courier.courier_name }));
      void this.load();
    });
  }

  /** To an agency its fee, to nobody named the postage. */
  passOn(agency: Agency | null, counted_vnd: number): Promise<boolean> {
    const body = { office_id: choice.officeId, counted_vnd, for_on: choice.day, note: '' };
    return this.tried(async () => {
      await once([agency?.id, body], (header) =>
        agency
          ? post('/v1/money/handed-to-agency', { params: { header }, body: { ...body, agency_id: agency.id } })
          : post('/v1/money/kept-postage', { params: { header }, body }),
      );
      toasts.done(say('money.handed_on', { amount: vnd(counted_vnd), name: agency?.name ?? say('money.post') }));
      void this.load();
    });
  }
}

export const moneyCare = new MoneyCare();
