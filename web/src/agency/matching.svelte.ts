import { get, post, writeHeaders } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/agency';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { takenRow } from './dossier.svelte';
import type { Difference, Run, RunDetail } from './types';

/** What is still to be done about a run's differences. */
export function openOf(detail: RunDetail | null): number {
  if (!detail) return 0;
  const repaired = detail.found.filter((one) => one.repaired_at !== null).length;
  return detail.run.differences - repaired;
}

/** The reconciliation: the run that is looked at, the runs before it, a list sent, a repair by one click. */
class Matching extends Deeds {
  readonly runs = new Resource<Run[]>();
  readonly detail = new Resource<RunDetail>();
  /** Why a list was refused: its cells stand here until the next one. */
  refused = $state.raw<ApiProblem | null>(null);
  private newest = $state.raw<RunDetail | null>(null);
  readonly open = $derived(openOf(this.newest));

  async load(): Promise<void> {
    const runs = await this.runs.load(async () => (await get('/v1/reconciliation/runs')).runs);
    const first = runs?.[0];
    if (first) await this.look(first.id);
  }

  async look(run_id: string): Promise<void> {
    const detail = await this.detail.load(() => get('/v1/reconciliation/runs/{run_id}', { params: { path: { run_id } } }));
    if (detail && detail.run.id === this.runs.data?.[0]?.id) this.newest = detail;
  }

  compare(): Promise<boolean> {
    return this.tried(async () => {
      await this.tell(await post('/v1/reconciliation/runs', { body: {} }));
    });
  }

  send(file: File, complete: boolean): Promise<boolean> {
    this.refused = null;
    return this.tried(
      async () => {
        const body = new FormData();
        body.set('file', file);
        body.set('complete', String(complete));
        const answer = await fetch('/v1/reconciliation/list:upload', { method: 'POST', headers: writeHeaders(), body });
        if (!answer.ok) throw await ApiProblem.from(answer);
        await this.tell((await answer.json()) as RunDetail);
      },
      (problem) => (this.refused = problem),
    );
  }

  repair(one: Difference): Promise<boolean> {
    const run_id = this.detail.data?.run.id ?? '';
    const body = { dossier_code: one.dossier_code, kind: one.kind };
    return this.tried(
      async () => {
        await post('/v1/reconciliation/runs/{run_id}/repair', { params: { path: { run_id } }, body });
        const undo = one.kind === 'due_differs' && one.due_here ? () => void this.takenBack(() => this.dateBack(one)) : undefined;
        toasts.done(say.of('repaired', String(one.repair)), undo);
        await this.look(run_id);
      },
      // A row that cannot be taken in has several things wrong with it.
      ({ status, problems }) => problems.forEach((problem) => toasts.failed(new ApiProblem(status, [problem]))),
    );
  }

  private async dateBack(one: Difference): Promise<void> {
    const body = { rows: [{ dossier_code: one.dossier_code, leg: 'return' as const, due_on: one.due_here ?? '' }] };
    const header = { 'idempotency-key': crypto.randomUUID() };
    takenRow((await post('/v1/results:due-dates', { params: { header }, body })).rows[0]);
  }

  private async tell({ run }: RunDetail): Promise<void> {
    toasts.done(say('run.done', { n: run.differences, m: run.dossiers }));
    await this.load();
  }
}

export const matching = new Matching();
