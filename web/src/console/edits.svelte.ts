import { tick } from 'svelte';
import { get, post } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { actions } from './actions.svelte';
import { day } from './day.svelte';
import { overridesFor, type Command, type Edit, type Override, type Version } from './editing';

/** A refused edit that the dispatcher may still want: what it breaks, and what has to be allowed. */
export interface Question {
  command: Command;
  problem: ApiProblem;
  allow: Override[];
}

const EDITABLE = new Set(['draft', 'published']);
const PREVIEW_MS = 120;
const OVERTAKEN = 'R4101';

/** Edits of the shown plan by hand: made, taken back, made again; what they cost, and what stands in their way. */
class Edits extends Deeds {
  last = $state.raw<Edit | null>(null);
  preview = $state.raw<Edit | null>(null);
  question = $state.raw<Question | null>(null);
  /** What others did to the same route while this edit was thought over. */
  conflict = $state.raw<Version[] | null>(null);
  canUndo = $state(false);
  canRedo = $state(false);
  private seen = '';
  private soon = 0;

  readonly open = $derived(EDITABLE.has(day.plan.data?.state ?? '') && !day.running);

  async make(command: Command | null, allow: Override[] = []): Promise<void> {
    const plan = day.plan.data;
    if (!command || !plan || !this.open || this.busy) return;
    this.forget();
    const params = { path: { plan_id: plan.id } };
    await this.during(
      () => post('/v1/plans/{plan_id}/edits', { params, body: { version: plan.version, command, allow } }),
      async (problem) => {
        const needed = overridesFor(problem.problems.map((one) => one.code));
        if (needed) this.question = { command, problem, allow: [...new Set([...allow, ...needed])] };
        else if (problem.code === OVERTAKEN) await this.overtaken(plan.id, plan.version);
        else toasts.failed(problem);
      },
    );
  }

  /** The same edit with the rules set aside that it was refused for. */
  async insist(): Promise<void> {
    const question = this.question;
    if (question) await this.make(question.command, question.allow);
  }

  undo(): Promise<void> {
    return this.step('/v1/plans/{plan_id}/undo');
  }

  redo(): Promise<void> {
    return this.step('/v1/plans/{plan_id}/redo');
  }

  /** What an edit would come to, asked a moment after the pointer has come to rest. */
  previewSoon(command: Command | null): void {
    clearTimeout(this.soon);
    const plan = day.plan.data;
    if (!command || !plan || !this.open) return void (this.preview = null);
    const params = { path: { plan_id: plan.id } };
    const asked = (this.soon = window.setTimeout(async () => {
      const found = await post('/v1/plans/{plan_id}/edits:preview', { params, body: { version: plan.version, command, allow: [] } }).catch(() => null);
      if (asked === this.soon) this.preview = found;
    }, PREVIEW_MS));
  }

  /** Asks for a new plan of the rest of the day and watches it come. */
  async replan(absent: string[]): Promise<void> {
    const plan = day.plan.data;
    if (!plan) return;
    await this.tried(async () => {
      this.forget();
      const params = { path: { plan_id: plan.id } };
      await post('/v1/plans/{plan_id}/replan', { params, body: { absent, seconds: null } });
      await day.loadPlans();
      actions.watch();
    });
  }

  /** Learns what may be undone when another plan or version is shown. */
  async follow(planId: string, version: number): Promise<void> {
    const key = `${planId}/${version}`;
    if (key === this.seen) return;
    if (!this.seen.startsWith(planId)) this.forget();
    this.seen = key;
    const params = { path: { plan_id: planId } };
    const history = await get('/v1/plans/{plan_id}/versions', { params }).catch(() => null);
    if (history && key === this.seen) {
      this.canUndo = history.undo !== null;
      this.canRedo = history.redo !== null;
    }
  }

  forget(): void {
    clearTimeout(this.soon);
    this.soon = 0;
    this.last = this.preview = this.question = this.conflict = null;
  }

  private async step(path: '/v1/plans/{plan_id}/undo' | '/v1/plans/{plan_id}/redo'): Promise<void> {
    const plan = day.plan.data;
    if (!plan || !this.open || this.busy) return;
    this.forget();
    await this.during(
      () => post(path, { params: { path: { plan_id: plan.id } } }),
      async (problem) => {
        if (problem.code === OVERTAKEN) await this.overtaken(plan.id, 0);
        else toasts.failed(problem);
      },
    );
  }

  private async overtaken(planId: string, after: number): Promise<void> {
    const params = { path: { plan_id: planId }, query: { after } };
    const [history] = await Promise.all([get('/v1/plans/{plan_id}/versions', { params }).catch(() => null), day.loadPlans(true)]);
    this.conflict = (history?.versions ?? []).filter((one) => !one.mine).slice(0, 3);
  }

  private async during(deed: () => Promise<Edit>, refused: (problem: ApiProblem) => Promise<void>): Promise<void> {
    const focused = document.activeElement?.closest<HTMLElement>('[data-visit]')?.dataset['visit'];
    await this.tried(async () => {
      const made = await deed();
      await day.loadPlans(true);
      this.last = made;
      // A row that moved has lost the keyboard.
      await tick();
      if (focused) document.querySelector<HTMLElement>(`[data-visit="${CSS.escape(focused)}"]`)?.focus();
    }, refused);
  }
}

export const edits = new Edits();
