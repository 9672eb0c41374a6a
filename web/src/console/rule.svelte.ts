import { get, put } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import type { OfficeRule } from './types';

/** The most that a price may be, in seconds of paid time: as the server has it. */
export const MOST_S = 3_600;

/** A price in whole seconds that the server takes; an emptied field is none. */
export function isPrice(value: number | null): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_S;
}

/** How the office wants its days planned, from the next plan on. */
class RuleCare extends Deeds {
  readonly resource = new Resource<OfficeRule>();
  problem = $state.raw<ApiProblem | null>(null);

  async open(): Promise<void> {
    this.resource.clear();
    this.problem = null;
    await this.resource.load(() => get('/v1/offices/{office_id}/planning', params(choice.officeId)));
  }

  /** Sets the rule; true when the server took it. Undo sets the one before. */
  async save(to: OfficeRule): Promise<boolean> {
    const before = this.resource.data;
    const officeId = choice.officeId;
    if (!before) return false;
    return this.tried(
      async () => {
        this.problem = null;
        await put('/v1/offices/{office_id}/planning', { ...params(officeId), body: to });
        toasts.done(say('rule.saved'), () => void this.takeBack(officeId, before));
      },
      (problem) => (this.problem = problem),
    );
  }

  private takeBack(officeId: string, before: OfficeRule): Promise<void> {
    return this.takenBack(async () => {
      await put('/v1/offices/{office_id}/planning', { ...params(officeId), body: before });
      toasts.done(say('rule.taken_back'));
    });
  }
}

function params(office_id: string): { params: { path: { office_id: string } } } {
  return { params: { path: { office_id } } };
}

export const ruleCare = new RuleCare();
