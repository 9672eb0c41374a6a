import { del, get, put } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { Agency, ProcedureRule, ProcedureRuleIn } from './types';

/** What a rule may ask of the door, beside the citizen's code. */
export const ASKS = ['in_person', 'authorised_agent', 'written_authorisation', 'slip_back', 'identity'] as const;
export const OTPS = ['none', 'optional', 'required'] as const;

/** A rule that asks nothing yet, for every agency and procedure. */
export function blank(): Required<ProcedureRuleIn> {
  return { agency_id: null, procedure: '', in_person: false, authorised_agent: true, written_authorisation: false, slip_back: false, identity: false, otp: 'none', skill: '' };
}

/** What procedures ask of the door: the rules of the province, kept by an administrator. */
class Procedures extends Deeds {
  readonly resource = new Resource<ProcedureRule[]>();
  readonly agencies = new Resource<Agency[]>();

  open(): void {
    this.resource.clear();
    void this.load();
  }

  async load(): Promise<void> {
    await Promise.all([
      this.resource.load(async () => (await get('/v1/procedure-rules')).rules),
      this.agencies.load(async () => (await get('/v1/agencies')).agencies),
    ]);
  }

  /** There is one rule for an agency and procedure: the new one takes its place. Undo gives back what stood there. */
  save(rule: ProcedureRuleIn): Promise<boolean> {
    return this.tried(async () => {
      const saved = await put('/v1/procedure-rules', { body: rule });
      const before = this.resource.data?.find((one) => one.id === saved.id);
      toasts.done(say('procedures.saved'), () => void this.takenBack(() => this.restore(before ?? null, saved)));
      await this.load();
    });
  }

  forget(rule: ProcedureRule): Promise<boolean> {
    return this.tried(async () => {
      await del('/v1/procedure-rules/{rule_id}', { params: { path: { rule_id: rule.id } } });
      toasts.done(say('procedures.forgotten'), () => void this.takenBack(() => this.restore(rule, null)));
      await this.load();
    });
  }

  /** Puts a rule back, or takes the one away that had none before it. */
  private async restore(before: ProcedureRule | null, since: ProcedureRule | null): Promise<void> {
    if (before) {
      const { id, ...body } = before;
      void id;
      await put('/v1/procedure-rules', { body });
    } else if (since) await del('/v1/procedure-rules/{rule_id}', { params: { path: { rule_id: since.id } } });
    toasts.done(say('procedures.taken_back'));
    await this.load();
  }
}

export const procedures = new Procedures();
