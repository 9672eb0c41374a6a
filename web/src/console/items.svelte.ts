import { post } from '$lib/api/client';
import { addDays, collator } from '$lib/format';
import { asProblem, type ApiProblem } from '$lib/api/problem';
import { choice, today } from './choice.svelte';
import { filter, type Sort } from './filter.svelte';
import type { Item } from './types';

const PAGE = 200;
const ORDER: Record<Sort, (one: Item, other: Item) => number> = {
  due: (one, other) => one.due_on.localeCompare(other.due_on),
  name: (one, other) => collator.compare(one.addressee.name, other.addressee.name),
  commune: (one, other) => collator.compare(one.commune_name ?? '', other.commune_name ?? ''),
  status: (one, other) => one.status.localeCompare(other.status),
};

type StatusName = 'accepted' | 'ready' | 'planned' | 'out' | 'delivered' | 'attempt_failed' | 'held' | 'forwarded' | 'returning' | 'returned' | 'withdrawn';

/** Still on their way to the recipient. */
const OPEN: StatusName[] = ['accepted', 'ready', 'planned', 'out', 'attempt_failed', 'held', 'forwarded'];

/** `running` and `overdue` are no statuses of their own: still open, and open with a due day before today. */
function statusQuery(status: string): { status?: StatusName[]; due?: string } {
  if (status === 'running') return { status: OPEN };
  if (status === 'overdue') return { status: OPEN, due: addDays(today(), -1) };
  return status ? { status: [status as StatusName] } : {};
}

/** The office's items as filtered: pages are fetched as the list is scrolled. */
class Items {
  list = $state.raw<Item[]>([]);
  total = $state(0);
  loading = $state(false);
  problem = $state.raw<ApiProblem | null>(null);
  private cursor: string | null = null;
  private turn = 0;

  readonly sorted = $derived(filter.sort === 'due' ? this.list : [...this.list].sort(ORDER[filter.sort]));

  /** Starts anew for the filter as it stands. */
  async restart(): Promise<void> {
    this.cursor = null;
    await this.fetch(++this.turn, []);
  }

  /** The next page, when there is one. */
  async more(): Promise<void> {
    if (this.cursor && !this.loading) await this.fetch(this.turn, this.list);
  }

  private async fetch(turn: number, before: Item[]): Promise<void> {
    this.loading = true;
    // In the body: what is searched for may be a name or a phone, which no address may hold.
    const body = {
      q: filter.text.trim(),
      office_id: choice.officeId,
      commune_code: filter.commune || null,
      cursor: this.cursor,
      limit: PAGE,
      ...statusQuery(filter.status),
    };
    try {
      const page = await post('/v1/items:search', { body });
      if (turn !== this.turn) return;
      this.list = [...before, ...page.items];
      this.total = page.total;
      this.cursor = page.next_cursor;
      this.problem = null;
    } catch (error) {
      if (turn === this.turn) this.problem = asProblem(error);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }
}

export const items = new Items();
