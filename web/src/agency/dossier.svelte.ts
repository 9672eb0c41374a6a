import { get, post } from '$lib/api/client';
import { once } from '$lib/api/once';
import { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { date } from '$lib/format';
import { say } from '$lib/strings/agency';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { ItemDetail } from '../console/types';
import { dossiers } from './dossiers.svelte';

interface Refusable {
  outcome: string;
  problems: { code: string; detail: string; detail_en: string }[];
}

/** Throws what was wrong with a row, as a refused call does; gives the outcome of a row that was taken. */
export function takenRow(row: Refusable | undefined): string {
  if (row && !row.problems.length) return row.outcome;
  throw new ApiProblem(422, row?.problems ?? []);
}

const NOT_YET_OVER = new Set(['accepted', 'ready', 'planned', 'out', 'attempt_failed', 'held', 'forwarded']);

/** Whether the agency can still take a result back or move its date. */
export function isOpen(item: { status: string; leg: string; recalled_at: string | null }): boolean {
  return NOT_YET_OVER.has(item.status) && item.leg === 'return' && item.recalled_at === null;
}

/** One dossier that is looked at: its history, and what its agency may do with it. */
class DossierCare extends Deeds {
  readonly detail = new Resource<ItemDetail>();
  id = $state('');

  open(id: string): void {
    this.id = id;
    this.detail.clear();
    if (id) void this.load();
  }

  async load(): Promise<void> {
    const path = { item_id: this.id };
    // Closed while a deed was under way: there is nothing to look at.
    if (this.id) await this.detail.load(() => get('/v1/items/{item_id}', { params: { path } }));
  }

  /** For good: the paper comes back, or is never fetched. */
  withdraw(dossier_code: string): Promise<boolean> {
    const body = { rows: [{ dossier_code, leg: 'return' as const }] };
    return this.tried(async () => {
      const answer = await once(['withdraw', body], (header) => post('/v1/results:withdraw', { params: { header }, body }));
      toasts.done(say.of('withdrawal', takenRow(answer.rows[0])));
      await Promise.all([this.load(), dossiers.restart()]);
    });
  }

  moveDate(dossier_code: string, due_on: string, apology_slip: string | null): Promise<boolean> {
    const before = this.detail.data?.item.due_on ?? due_on;
    return this.tried(async () => {
      await this.setDate(dossier_code, due_on, apology_slip);
      toasts.done(say('due.moved', { date: date(due_on) }), () => void this.takenBack(() => this.setDate(dossier_code, before, null)));
    });
  }

  private async setDate(dossier_code: string, due_on: string, apology_slip: string | null): Promise<void> {
    const body = { rows: [{ dossier_code, leg: 'return' as const, due_on, apology_slip }] };
    const header = { 'idempotency-key': crypto.randomUUID() };
    takenRow((await post('/v1/results:due-dates', { params: { header }, body })).rows[0]);
    await Promise.all([this.load(), dossiers.restart()]);
  }
}

export const dossier = new DossierCare();
