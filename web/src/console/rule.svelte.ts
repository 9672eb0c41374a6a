import { get, put } from '$lib/api/client';
import { asProblem, type ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
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
class RuleCare {
  readonly resource = new Resource<OfficeRule>();
  busy = $state(false);
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
    if (!before || this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await put('/v1/offices/{office_id}/planning', { ...params(officeId), body: to });
      toasts.done(say('rule.saved'), () => void this.takeBack(officeId, before));
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private async takeBack(officeId: string, before: OfficeRule): Promise<void> {
    try {
      await put('/v1/offices/{office_id}/planning', { ...params(officeId), body: before });
      toasts.done(say('rule.taken_back'));
    } catch (error) {
      toasts.failed(asProblem(error));
    }
  }
}

function params(office_id: string): { params: { path: { office_id: string } } } {
  return { params: { path: { office_id } } };
}

export const ruleCare = new RuleCare();
