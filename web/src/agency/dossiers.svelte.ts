import { post } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import type { Counts, DossierPage, DossierRow, Group } from './types';

const PAGE = 50;

/** The rows of the pages so far and the next; one whose due date moved in between stands where it is now. */
export function joined(before: DossierRow[], next: DossierRow[]): DossierRow[] {
  const moved = new Set(next.map((row) => row.item.id));
  return [...before.filter((row) => !moved.has(row.item.id)), ...next];
}

/** The agency's dossiers as filtered, page by page. */
class DossierList {
  group = $state<Group>('open');
  text = $state('');
  rows = $state.raw<DossierRow[] | null>(null);
  private readonly page = new Resource<DossierPage>();
  private cursor: string | null = null;

  get counts(): Counts | null {
    return this.page.data?.counts ?? null;
  }

  get more(): boolean {
    return this.page.data?.next_cursor != null;
  }

  get loading(): boolean {
    return this.page.loading;
  }

  get problem(): Resource<DossierPage>['problem'] {
    return this.page.problem;
  }

  /** Starts anew for the filter as it stands. */
  restart(): Promise<void> {
    this.cursor = null;
    return this.again();
  }

  /** The next page; those on the screen stay. */
  next(): Promise<void> {
    this.cursor = this.page.data?.next_cursor ?? null;
    return this.again();
  }

  /** What was asked last, once more. */
  async again(): Promise<void> {
    const cursor = this.cursor;
    // In the body: what is searched for may be a name, which no address may hold.
    const body = { q: this.text.trim(), group: this.group, cursor, limit: PAGE };
    const page = await this.page.load(() => post('/v1/dossiers:search', { body }));
    if (page) this.rows = cursor ? joined(this.rows ?? [], page.rows) : page.rows;
  }
}

export const dossiers = new DossierList();
