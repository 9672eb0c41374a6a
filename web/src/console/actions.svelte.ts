import { get, post } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { say } from '$lib/strings/console';
import { choice } from './choice.svelte';
import { day } from './day.svelte';

const POLL_MS = 1_000;

/** What goes today is the office's own rule; the seed makes the same input give the same plan. */
const AS_THE_OFFICE_SAYS = { seed: 1 } as const;

/** What the dispatcher can do with the day's plan; a refusal is shown with its code and changes nothing. */
class Actions extends Deeds {
  private watching = 0;

  /** Asks for a plan and watches it come. */
  plan(): Promise<boolean> {
    return this.tried(async () => {
      const request = { office_id: choice.officeId, day: choice.day, params: AS_THE_OFFICE_SAYS };
      await post('/v1/plans', { body: request });
      await day.loadPlans();
      this.watch();
    });
  }

  /** Ends the search with the best it has; the draft comes as if time had run out. */
  finish(): Promise<boolean> {
    const running = day.running;
    if (!running) return Promise.resolve(false);
    return this.tried(async () => {
      await post('/v1/plans/{plan_id}/finish', { params: { path: { plan_id: running.id } } });
    });
  }

  /** Stops the plan that is being made; the day keeps the plan it had. */
  cancel(): Promise<boolean> {
    const running = day.running;
    if (!running) return Promise.resolve(false);
    return this.tried(async () => {
      await post('/v1/plans/{plan_id}/cancel', { params: { path: { plan_id: running.id } } });
      await day.loadPlans();
      toasts.done(say('plan.cancelled_toast'));
    });
  }

  publish(): Promise<boolean> {
    const plan = day.plan.data;
    if (plan?.state !== 'draft') return Promise.resolve(false);
    return this.tried(async () => {
      const params = { path: { plan_id: plan.id } };
      await post('/v1/plans/{plan_id}/publish', { params, body: { version: plan.version } });
      await Promise.all([day.loadPlans(), day.loadQueue()]);
      toasts.done(say('plan.published_toast', { n: plan.routes.length }));
    });
  }

  /** Asks for the state every second while a plan is under way; the stream alone would lose a beat on a bad line. */
  watch(): void {
    clearTimeout(this.watching);
    const running = day.running;
    if (!running) return;
    this.watching = window.setTimeout(async () => {
      if (running.office_id !== choice.officeId) return;
      await day.loadPlans();
      if (day.running) this.watch();
      else await this.finished(running.id);
    }, POLL_MS);
  }

  /** A plan that failed says why; one that came is on the screen by now. */
  private async finished(planId: string): Promise<void> {
    void day.loadQueue();
    const state = day.plans.data?.find((plan) => plan.id === planId)?.state;
    if (state !== 'failed') return;
    const plan = await get('/v1/plans/{plan_id}', { params: { path: { plan_id: planId } } }).catch(() => null);
    if (plan?.problems.length) toasts.failed(new ApiProblem(0, plan.problems));
  }
}

export const actions = new Actions();

/** Opens the papers of the plan in a tab of their own, where the browser prints them. */
export function printSheets(planId: string): void {
  window.open(`/v1/plans/${planId}/sheets.pdf`, '_blank', 'noopener');
}
