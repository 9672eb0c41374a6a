import { del, get, post } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import type { Position } from '$lib/map/bounds';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import { day } from './day.svelte';
import type { Proposal } from './types';

/** What citizens say of their doors and nobody has decided yet; each is made a correction of the office, or refused. */
class Proposals extends Deeds {
  readonly resource = new Resource<Proposal[]>();
  private chosenId = $state('');
  private moved = $state.raw<Position | null>(null);

  readonly list = $derived(this.resource.data ?? []);
  readonly chosen = $derived(this.list.find((one) => one.id === this.chosenId) ?? this.list[0] ?? null);
  /** Where the pin stands that acceptance would set: moved by hand, where the citizen said, else to be dragged from the old one. */
  readonly pin = $derived<Position | null>(this.moved ?? this.chosen?.point ?? this.chosen?.pin ?? choice.office?.point ?? null);
  /** The pin was put elsewhere than where the citizen said. */
  readonly isMoved = $derived(this.moved !== null);

  async load(): Promise<void> {
    const query = { office_id: choice.officeId };
    await this.resource.load(async () => (await get('/v1/door-proposals', { params: { query } })).proposals);
  }

  clear(): void {
    this.resource.clear();
    this.moved = null;
  }

  choose(proposal: Proposal): void {
    if (proposal.id === this.chosenId) return;
    this.chosenId = proposal.id;
    this.moved = null;
    choice.clear();
  }

  moveTo(at: Position): void {
    this.moved = at;
  }

  /** Puts the pin back where the citizen said. */
  reset(): void {
    this.moved = null;
  }

  accept(): Promise<boolean> {
    const point = this.moved;
    return this.decided(async (proposal) => {
      await this.decide(proposal, { accepted: true, point: point && [point[0], point[1]] });
      toasts.done(say('proposals.accepted', { address: proposal.address }), () => void this.takeBack(proposal));
    });
  }

  refuse(): Promise<boolean> {
    return this.decided(async (proposal) => {
      await this.decide(proposal, { accepted: false, point: null });
      toasts.done(say('proposals.refused'), proposal.in_use ? () => void this.restore(proposal) : undefined);
    });
  }

  private async decide(proposal: Proposal, body: { accepted: boolean; point: [number, number] | null }): Promise<void> {
    await post('/v1/door-proposals/{proposal_id}:decide', { params: { path: { proposal_id: proposal.id } }, body });
  }

  /** Forgets what an acceptance taught: the lesson has the proposal's own id. */
  private takeBack(proposal: Proposal): Promise<void> {
    return this.takenBack(async () => {
      await del('/v1/items/{item_id}/door', { params: doorOf(proposal), body: { lessons: [proposal.id] } });
      toasts.done(say('proposals.taken_back'));
      await day.loadPlans();
    });
  }

  /** Lets what a refusal forgot count again: the last forgetting of a citizen's word. */
  private restore(proposal: Proposal): Promise<void> {
    return this.takenBack(async () => {
      const { lessons } = await get('/v1/items/{item_id}/door', { params: doorOf(proposal) });
      const gone = lessons.filter((one) => one.kind === 'proposal').map((one) => one.forgotten_at ?? '');
      const [forgotten_at] = gone.sort().reverse();
      if (!forgotten_at) return;
      await post('/v1/items/{item_id}/door:recall', { params: doorOf(proposal), body: { forgotten_at } });
      toasts.done(say('proposals.restored'));
      await day.loadPlans();
    });
  }

  /** Decides the chosen one and goes on with the next. */
  private decided(deed: (proposal: Proposal) => Promise<void>): Promise<boolean> {
    const { chosen, list } = this;
    if (!chosen) return Promise.resolve(false);
    const at = list.indexOf(chosen);
    return this.tried(
      async () => {
        await deed(chosen);
        this.moved = null;
        this.chosenId = (list[at + 1] ?? list[at - 1])?.id ?? '';
        await Promise.all([this.load(), day.loadPlans()]);
      },
      (problem) => this.refused(problem),
    );
  }

  private async refused(problem: ApiProblem): Promise<void> {
    toasts.failed(problem);
    // Somebody else has decided it.
    if (problem.status === 404) await this.load();
  }
}

function doorOf(proposal: Proposal): { path: { item_id: string } } {
  return { path: { item_id: proposal.item_id } };
}

export const proposals = new Proposals();
