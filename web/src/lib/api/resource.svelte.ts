import { asProblem, type ApiProblem } from './problem';
import { session } from './session.svelte';

/** One thing fetched from the server with its states; an answer that was overtaken by a later question is dropped. */
export class Resource<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  loading = $state(false);
  private turn = 0;

  /** Fetches; the old data stay on the screen until the new ones are there. */
  async load(fetcher: () => Promise<T>): Promise<T | null> {
    const turn = ++this.turn;
    this.loading = true;
    try {
      const data = await fetcher();
      if (turn !== this.turn) return null;
      this.data = data;
      this.problem = null;
      return data;
    } catch (error) {
      if (turn === this.turn) this.refuse(asProblem(error));
      return null;
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }

  /** Forgets everything, also what is still on its way. */
  clear(): void {
    this.turn++;
    this.data = null;
    this.problem = null;
    this.loading = false;
  }

  private refuse(problem: ApiProblem): void {
    this.problem = problem;
    if (problem.status === 401) session.end();
  }
}
