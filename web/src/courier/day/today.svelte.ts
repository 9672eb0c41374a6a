import { get } from '$lib/api/client';
import { asProblem, type ApiProblem } from '$lib/api/problem';
import { sender } from '../send/sender.svelte';
import { forget, keep, recall } from '../store/kept';
import { clock } from './clock.svelte';
import { dayOf, type Day, type KeptDay, type Visit } from './visits';

/** Today's route: from the phone at once, from the server when there is one. */
class TodayRoute {
  kept = $state.raw<KeptDay | null>(null);
  loading = $state(false);
  restored = $state(false);
  problem = $state.raw<ApiProblem | null>(null);

  readonly day: Day | null = $derived(this.kept ? dayOf(this.kept, sender.entries, sender.receipts) : null);

  async restore(userId: string): Promise<void> {
    await clock.restore();
    this.kept = await recall<KeptDay>(`today/${userId}`);
    this.restored = true;
  }

  /** Asks the server; what is on the screen stays there until the answer has come. */
  async refresh(userId: string): Promise<void> {
    if (this.loading || !navigator.onLine) return;
    this.loading = true;
    const askedAt = Date.now();
    try {
      await clock.ask();
      const today = await get('/v1/courier/today', { signal: AbortSignal.timeout(30_000) });
      this.kept = { today, askedAt };
      this.problem = null;
      sender.online = true;
      await keep(`today/${userId}`, this.kept);
    } catch (error) {
      this.refuse(asProblem(error));
    } finally {
      this.loading = false;
    }
  }

  /** Nothing of the day stays on a phone that another courier may take. */
  async wipe(userId: string): Promise<void> {
    this.kept = null;
    await forget(`today/${userId}`);
  }

  visit(id: string): Visit | null {
    return this.day?.visits.find((visit) => visit.visit_id === id) ?? null;
  }

  private refuse(problem: ApiProblem): void {
    this.problem = problem;
    if (problem.status === 401) sender.signedOut = true;
    if (problem.status === 0) sender.online = false;
  }
}

export const today = new TodayRoute();
