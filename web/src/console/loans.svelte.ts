import { del, get, post } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { addDays, collator } from '$lib/format';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import { day } from './day.svelte';
import { span, together, type Lent } from './lent';
import type { LoanIn } from './types';

/** What the form shows at its place when the server refuses it. */
export const LOAN_PLACED = ['courier_id', 'office_id', 'first_on'] as const;

/** Couriers that the office lends or has lent to it, from today on. */
class Loans extends Deeds {
  readonly resource = new Resource<Lent[]>();
  readonly offices = new Resource<{ id: string; name: string }[]>();
  problem = $state.raw<ApiProblem | null>(null);

  open(): void {
    this.problem = null;
    void this.load();
    void this.offices.load(async () => {
      const { offices } = await get('/v1/office-names');
      return offices.filter((one) => one.id !== choice.officeId).sort((one, other) => collator.compare(one.name, other.name));
    });
  }

  async load(): Promise<void> {
    const query = { office_id: choice.officeId };
    await this.resource.load(async () => together((await get('/v1/courier-loans', { params: { query } })).loans));
  }

  /** Undo has him back. */
  lend(body: LoanIn): Promise<boolean> {
    this.problem = null;
    return this.tried(
      async () => {
        const [lent] = together((await post('/v1/courier-loans', { body })).loans);
        if (lent) toasts.done(say('loans.lent', { name: lent.courierName, office: lent.officeName, days: span(lent) }), () => void this.takenBack(() => this.end(lent)));
        await this.refresh();
      },
      (problem) => (this.problem = problem),
    );
  }

  /** Undo lends him again, which is for his own office alone to do. */
  haveBack(lent: Lent): Promise<boolean> {
    return this.tried(async () => {
      await this.end(lent);
      const again = { courier_id: lent.courierId, office_id: lent.officeId, first_on: lent.firstOn, last_on: lent.lastOn };
      const undo = lent.homeOfficeId === choice.officeId ? () => void this.takenBack(() => this.again(again)) : undefined;
      toasts.done(say('loans.ended', { name: lent.courierName, days: span(lent) }), undo);
    });
  }

  private async end(lent: Lent): Promise<void> {
    const params = { path: { courier_id: lent.courierId }, query: { first_on: lent.firstOn, last_on: lent.lastOn } };
    await del('/v1/courier-loans/{courier_id}', { params });
    await this.refresh();
  }

  private async again(body: LoanIn): Promise<void> {
    await post('/v1/courier-loans', { body });
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    await Promise.all([this.load(), day.loadCouriers()]);
  }
}

export const loans = new Loans();

/** The last day that a loan from this one on may have: as the server has it. */
export const furthest = (firstOn: string): string => addDays(firstOn, 30);
