import { post } from '$lib/api/client';
import { asProblem, type ApiProblem } from '$lib/api/problem';
import type { Counts, DossierRow, Group } from './types';

const PAGE = 50;

/** The agency's dossiers as filtered, page by page. */
class DossierList {
  group = $state<Group>('open');
  text = $state('');
  rows = $state.raw<DossierRow[] | null>(null);
  counts = $state.raw<Counts | null>(null);
  loading = $state(false);
  problem = $state.raw<ApiProblem | null>(null);
  more = $state(false);
  private cursor: string | null = null;
  private turn = 0;

  /** Starts anew for the filter as it stands. */
  restart(): Promise<void> {
    this.cursor = null;
    return this.fetch(++this.turn, []);
  }

  /** The next page; those on the screen stay. */
  next(): Promise<void> {
    return this.fetch(this.turn, this.rows ?? []);
  }

  private async fetch(turn: number, before: DossierRow[]): Promise<void> {
    this.loading = true;
    // In the body: what is searched for may be a name, which no address may hold.
    const body = { q: this.text.trim(), group: this.group, cursor: this.cursor, limit: PAGE };
    try {
      const page = await post('/v1/dossiers:search', { body });
      if (turn !== this.turn) return;
      this.rows = [...before, ...page.rows];
      this.counts = page.counts;
      this.cursor = page.next_cursor;
      this.more = page.next_cursor !== null;
      this.problem = null;
    } catch (error) {
      if (turn === this.turn) this.problem = asProblem(error);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }
}

export const dossiers = new DossierList();
