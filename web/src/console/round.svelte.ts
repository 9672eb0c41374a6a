import { get, post } from '$lib/api/client';
import { once } from '$lib/api/once';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { components } from '../client/schema';
import { counter } from './counter.svelte';
import { custody } from './custody.svelte';
import { amountOf } from './money.svelte';

/** Refusals that both sides may confirm: items, slips or cash that differ. */
const DIFFERENCES = ['T2007', 'T2431', 'T2432'];

/** The end of a courier's round: what was ticked off, the slips and the cash, closed in one act. */
class RoundEnd extends Deeds {
  readonly balance = new Resource<components['schemas']['RoundBalanceOut']>();
  papers = $state<number | null>(null);
  cash = $state('');
  /** What the server has seen to differ, and asks both sides to confirm. */
  differs = $state.raw<ApiProblem | null>(null);
  readonly complete = $derived(this.papers !== null && amountOf(this.cash) !== null);

  open(): void {
    this.balance.clear();
    this.reset();
    void this.load();
  }

  async load(): Promise<void> {
    const courier_id = counter.partyId;
    await this.balance.load(() => get('/v1/couriers/{courier_id}/round', { params: { path: { courier_id } } }));
  }

  close(): Promise<boolean> {
    const path = { courier_id: counter.partyId };
    const body = {
      item_ids: counter.present.map((item) => item.id),
      missing: [],
      surplus: counter.surplus,
      seal_broken: false,
      papers_counted: this.papers ?? 0,
      cash_counted_vnd: amountOf(this.cash) ?? 0,
      confirmed: this.differs !== null,
    };
    return this.tried(
      async () => {
        await once([path, body], (header) => post('/v1/couriers/{courier_id}/round:close', { params: { path, header }, body }));
        toasts.done(say('counter.closed', { name: this.balance.data?.courier_name ?? '' }));
        this.reset();
        counter.choose(counter.partyId);
        await Promise.all([this.load(), custody.load()]);
      },
      (problem) => {
        if (DIFFERENCES.includes(problem.code)) this.differs = problem;
        else toasts.failed(problem);
      },
    );
  }

  private reset(): void {
    this.papers = this.differs = null;
    this.cash = '';
  }
}

export const roundEnd = new RoundEnd();
