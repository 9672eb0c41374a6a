import { get } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import type { OrderTurn } from './types';

/** Why the stops of a route stand in their order: what changing each two neighbours would cost. */
class RouteOrder {
  readonly resource = new Resource<OrderTurn[]>();
  open = $state(false);
  private readonly byVisit = $derived(new Map(this.resource.data?.map((turn) => [turn.visit_id, turn])));

  async load(plan_id: string, courier_id: string): Promise<void> {
    this.resource.clear();
    const path = { plan_id, courier_id };
    await this.resource.load(async () => (await get('/v1/plans/{plan_id}/routes/{courier_id}/order', { params: { path } })).turns);
  }

  /** What is known of changing a stop with the next one. */
  turn(visitId: string): OrderTurn | null {
    return this.open ? (this.byVisit.get(visitId) ?? null) : null;
  }
}

export const routeOrder = new RouteOrder();
