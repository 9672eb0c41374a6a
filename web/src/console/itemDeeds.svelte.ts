import { get, post } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { addDays, collator } from '$lib/format';
import type { components } from '../client/schema';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { today } from './choice.svelte';
import type { ItemDetail } from './types';

type Schemas = components['schemas'];
export type What = Schemas['Correction'];
export type Deed = Schemas['NextAction'] | Schemas['Report'] | 'invite' | 'correct' | 'withdraw';
type OfficeName = { id: string; name: string };

/** What can be wrong about an event; words of a person do not belong into the chain. */
export const WHATS: What[] = ['not_happened', 'wrong_item', 'wrong_time', 'wrong_count', 'wrong_person'];

/** The deeds that the server says are open, in the order in which they are offered. */
export function offered({ deeds, history }: ItemDetail): Deed[] {
  return [
    ...(deeds.invites_from !== null && deeds.invites_from <= today() ? ['invite' as const] : []),
    ...deeds.actions,
    ...deeds.reports,
    ...(deeds.withdraws_seq !== null ? ['withdraw' as const] : []),
    ...(history.length ? ['correct' as const] : []),
  ];
}

/** What a dispatcher does with the item that is open: one deed is chosen, filled in and written. */
export class ItemDeeds extends Deeds {
  chosen = $state<Deed | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  redeliverOn = $state('');
  toOfficeId = $state('');
  seq = $state(0);
  what = $state<What>('wrong_time');
  readonly offices = new Resource<OfficeName[]>();

  constructor(
    private readonly detail: () => ItemDetail,
    private readonly reload: () => Promise<unknown>,
  ) {
    super();
  }

  /** A correction that withdraws the delivery is a withdrawal, however it was come to. */
  readonly meaning = $derived<Deed | null>(this.isWithdrawal ? 'withdraw' : this.chosen);
  readonly complete = $derived(this.chosen !== 'forward' || this.toOfficeId !== '');

  private get isWithdrawal(): boolean {
    return this.chosen === 'correct' && this.what === 'not_happened' && this.seq === this.detail().deeds.withdraws_seq;
  }

  choose(deed: Deed): void {
    const { item, history } = this.detail();
    this.problem = null;
    this.chosen = deed;
    this.redeliverOn = addDays(today(), 1);
    this.toOfficeId = '';
    this.seq = history.at(-1)?.seq ?? 0;
    this.what = 'wrong_time';
    if (deed === 'forward' && !this.offices.data) {
      void this.offices.load(async () =>
        (await get('/v1/office-names')).offices.filter((one) => one.id !== item.office_id).sort((one, other) => collator.compare(one.name, other.name)),
      );
    }
  }

  stop(): void {
    this.chosen = null;
    this.problem = null;
  }

  /** Writes the chosen deed. The chain only grows, so there is no undo; a refusal stays beside the form. */
  async write(): Promise<void> {
    const { chosen, meaning } = this;
    if (!chosen || !meaning) return;
    await this.tried(
      async () => {
        this.problem = null;
        await this.post(chosen);
        toasts.done(say('deeds.done', { deed: say.of('deeds', meaning) }));
        await this.reload();
        this.chosen = null;
      },
      (problem) => (this.problem = problem),
    );
  }

  private async post(deed: Deed): Promise<unknown> {
    const { item, deeds } = this.detail();
    const params = { path: { item_id: item.id } };
    switch (deed) {
      case 'invite':
        return post('/v1/items/{item_id}:invite', { params });
      case 'forward':
        return post('/v1/items/{item_id}:forward', { params, body: { to_office_id: this.toOfficeId } });
      case 'redeliver':
        return post('/v1/items/{item_id}:decide', { params, body: { action: deed, redelivery_on: this.redeliverOn } });
      case 'hold':
      case 'correct_address':
      case 'return':
        return post('/v1/items/{item_id}:decide', { params, body: { action: deed } });
      case 'lost':
      case 'found':
      case 'damaged':
        return post('/v1/items/{item_id}:report', { params, body: { what: deed } });
      case 'correct':
        return post('/v1/items/{item_id}:correct', { params, body: { seq: this.seq, what: this.what } });
      case 'withdraw':
        return post('/v1/items/{item_id}:correct', { params, body: { seq: deeds.withdraws_seq ?? 0, what: 'not_happened' } });
    }
  }
}
