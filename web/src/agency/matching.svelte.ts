import { get, post, writeHeaders } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/agency';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { Difference, Run, RunDetail } from './types';

/** The reconciliation: the run that is looked at, the runs before it, a list sent, a repair by one click. */
class Matching extends Deeds {
  readonly runs = new Resource<Run[]>();
  readonly detail = new Resource<RunDetail>();
  /** Why a list was refused: its cells stand here until the next one. */
  refused = $state.raw<ApiProblem | null>(null);
  /** What is still to be done about the newest run. */
  readonly open = $derived(this.runs.data?.[0]?.open ?? 0);

  async load(): Promise<void> {
    const first = (await this.list())?.[0];
    if (first) await this.look(first.id);
  }

  async look(run_id: string): Promise<void> {
    await this.detail.load(() => get('/v1/reconciliation/runs/{run_id}', { params: { path: { run_id } } }));
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
    const params = { path: { run_id: this.detail.data?.run.id ?? '' } };
    const body = { dossier_code: one.dossier_code, kind: one.kind };
    const dateBack = async (): Promise<void> => {
      await post('/v1/reconciliation/runs/{run_id}/repair:undo', { params, body });
      toasts.done(say('repaired.undone'));
      await this.again(params.path.run_id);
    };
    return this.tried(
      async () => {
        await post('/v1/reconciliation/runs/{run_id}/repair', { params, body });
        toasts.done(say.of('repaired', String(one.repair)), one.repair === 'take_date' ? () => void this.takenBack(dateBack) : undefined);
        await this.again(params.path.run_id);
      },
      // A row that cannot be taken in has several things wrong with it.
      ({ status, problems }) => problems.forEach((problem) => toasts.failed(new ApiProblem(status, [problem]))),
    );
  }

  private list(): Promise<Run[] | null> {
    return this.runs.load(async () => (await get('/v1/reconciliation/runs')).runs);
  }

  /** What a deed has changed; whoever looks at another run by now stays there. */
  private async again(run_id: string): Promise<void> {
    await Promise.all([this.list(), this.detail.data?.run.id === run_id ? this.look(run_id) : null]);
  }

  private async tell({ run }: RunDetail): Promise<void> {
    toasts.done(say('run.done', { n: run.differences, m: run.dossiers }));
    await this.load();
  }
}

export const matching = new Matching();
