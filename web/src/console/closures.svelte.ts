import { del, get, post, put } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { entersRing } from '$lib/map/inside';
import { now } from '$lib/now.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import { day } from './day.svelte';
import type { Closure, ClosureChange, ClosureIn } from './types';

export type ClosureState = Closure['state'];

/** While a closure waits for the roads it is asked for; the stream alone would lose a beat on a bad line. */
const POLL_MS = 2_000;

/** How a closure stands at an instant, which may be past its beginning or end since the server was asked; `null` after its end. */
export function stateOf(closure: Closure, at: number): ClosureState | null {
  if (closure.ends_at !== null && Date.parse(closure.ends_at) <= at) return null;
  if (Date.parse(closure.starts_at) > at) return 'planned';
  return closure.applied_at === null ? 'waiting' : 'in_force';
}

/** The province's road closures, and what a dispatcher does with them; every deed can be taken back. */
class Closures extends Deeds {
  readonly resource = new Resource<Closure[]>();
  chosenId = $state<string | null>(null);
  private asking = 0;

  readonly list = $derived((this.resource.data ?? []).filter((one) => stateOf(one, now.current) !== null));

  async load(): Promise<void> {
    clearTimeout(this.asking);
    await this.resource.load(async () => (await get('/v1/closures')).closures);
    if (this.list.some((one) => stateOf(one, now.current) === 'waiting')) this.asking = window.setTimeout(() => void this.load(), POLL_MS);
  }

  stop(): void {
    clearTimeout(this.asking);
  }

  /** Shows a closure in the list and on the map. */
  choose(closure: Closure): void {
    this.chosenId = closure.id;
    choice.tab = 'closures';
  }

  /** Couriers of the day whose routes run into a closure. */
  cut(closure: Closure): string[] {
    const cuts = day.routes.filter(({ route }) => route.rounds.some((round) => entersRing(round.line, closure.area)));
    return cuts.map(({ route }) => route.courier_name);
  }

  /** Closes roads; a refusal is thrown, for the form to show. */
  async draw(closure: ClosureIn): Promise<void> {
    const drawn = await post('/v1/closures', { body: closure });
    this.chosenId = drawn.id;
    toasts.done(say('closures.drawn'), () => void this.takenBack(() => this.lifted(drawn)));
    await this.load();
  }

  /** Changes kind, end and note; a refusal is thrown. */
  async change(closure: Closure, to: ClosureChange, undoable = true): Promise<void> {
    const params = { path: { closure_id: closure.id } };
    const changed = await put('/v1/closures/{closure_id}', { params, body: to });
    const before = { kind: closure.kind, ends_at: closure.ends_at, note: closure.note };
    toasts.done(say('closures.changed'), undoable ? () => void this.takenBack(() => this.change(changed, before, false)) : undefined);
    await this.load();
  }

  async lift(closure: Closure): Promise<void> {
    await this.tried(() => this.lifted(closure, () => void this.takenBack(() => this.restored(closure))));
  }

  private async lifted(closure: Closure, undo?: () => void): Promise<void> {
    await del('/v1/closures/{closure_id}', { params: { path: { closure_id: closure.id } } });
    toasts.done(say('closures.lifted'), undo);
    await this.load();
  }

  private async restored(closure: Closure): Promise<void> {
    const drawn = await post('/v1/closures/{closure_id}:restore', { params: { path: { closure_id: closure.id } } });
    this.chosenId = drawn.id;
    await this.load();
  }
}

export const closures = new Closures();
