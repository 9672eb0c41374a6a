import { post } from '$lib/api/client';
import { asProblem, type ApiProblem } from '$lib/api/problem';
import type { CrewChange, CrewEffect } from './types';

const SEARCH_S = 6;

/** What one courier more, or one fewer, would change of the shown plan; asked, never written. */
export class CrewAsking {
  answer = $state.raw<CrewEffect | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  /** When the question was put; none while nobody waits for an answer. */
  since = $state<number | null>(null);
  private asker: AbortController | null = null;

  async ask(planId: string, change: CrewChange, courierId: string | null): Promise<void> {
    this.stop();
    const asker = new AbortController();
    this.asker = asker;
    this.answer = this.problem = null;
    this.since = Date.now();
    try {
      const init = { params: { path: { plan_id: planId } }, body: { change, courier_id: courierId, seconds: SEARCH_S }, signal: asker.signal };
      const answer = await post('/v1/plans/{plan_id}/what-if', init);
      if (this.asker === asker) this.answer = answer;
    } catch (error) {
      if (this.asker === asker) this.problem = asProblem(error);
    } finally {
      if (this.asker === asker) this.since = null;
    }
  }

  /** Leaves: the server ends the search of whoever goes away. */
  stop(): void {
    this.asker?.abort();
    this.asker = null;
    this.since = null;
  }
}
