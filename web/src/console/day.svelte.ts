import type { FeatureCollection } from 'geojson';
import { SvelteMap } from 'svelte/reactivity';
import { get } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { choice } from './choice.svelte';
import type { Courier, Plan, PlanBrief, QueueEntry } from './types';
import { countStatuses, routeViews } from './view';

const UNDER_WAY = new Set(['queued', 'running']);
const FINISHED = new Set(['draft', 'published']);

/** Of plans, newest first: the one whose routes are shown (the last draft or published one), and the one that is being made. */
export function choosePlans(plans: readonly PlanBrief[]): { shown: PlanBrief | null; running: PlanBrief | null } {
  return {
    shown: plans.find((plan) => FINISHED.has(plan.state)) ?? plans.find((plan) => plan.state === 'failed') ?? null,
    running: plans.find((plan) => UNDER_WAY.has(plan.state)) ?? null,
  };
}

/** Everything known about one office on one day; `load` fills it, the live stream keeps it fresh. */
class Day {
  readonly plans = new Resource<PlanBrief[]>();
  readonly plan = new Resource<Plan>();
  readonly latest = new Resource<PlanBrief | null>();
  /** Who works for the office on the day, lent couriers too. */
  readonly couriers = new Resource<Courier[]>();
  /** Whose home the office is, whatever the day; asked for by those who keep them. */
  readonly staff = new Resource<Courier[]>();
  readonly queue = new Resource<{ entries: QueueEntry[]; total: number }>();
  readonly communes = new Resource<FeatureCollection>();
  readonly ready = new Resource<number>();
  /** What the stream said about items since the plan was fetched. */
  readonly statuses = new SvelteMap<string, string>();
  /** Items that changed a moment ago, to be shown as such. */
  readonly fresh = new SvelteMap<string, number>();

  readonly statusOf = (itemId: string, planned: string): string => this.statuses.get(itemId) ?? planned;
  readonly routes = $derived(routeViews(this.plan.data, this.statusOf));
  readonly counts = $derived(countStatuses(this.plan.data, this.statusOf));
  /** The plan being made; the routes of the one before stay on the screen. */
  readonly running = $derived(choosePlans(this.plans.data ?? []).running);
  readonly risk = $derived(this.routes.reduce((sum, view) => sum + view.risk, 0));

  async load(): Promise<void> {
    this.clear();
    const query = { office_id: choice.officeId };
    await Promise.all([
      this.loadPlans(),
      this.loadCouriers(),
      this.communes.load(async () => (await get('/v1/communes.geojson', { params: { query } })) as never),
      this.loadQueue(),
    ]);
  }

  async loadCouriers(): Promise<void> {
    const query = { office_id: choice.officeId, on: choice.day };
    await this.couriers.load(async () => (await get('/v1/couriers', { params: { query } })).couriers);
  }

  async loadStaff(): Promise<void> {
    const query = { office_id: choice.officeId };
    await this.staff.load(async () => (await get('/v1/couriers', { params: { query } })).couriers);
  }

  async loadPlans(force = false): Promise<void> {
    const query = { office_id: choice.officeId, day: choice.day };
    const plans = await this.plans.load(async () => (await get('/v1/plans', { params: { query } })).plans);
    if (!plans) return;
    const { shown } = choosePlans(plans);
    if (!shown) this.forget();
    else if (force || !this.holds(shown)) await this.loadPlan(shown.id);
  }

  /** The day has no plan: the latest of another day is offered as the next step. */
  private forget(): void {
    this.plan.clear();
    const query = { office_id: choice.officeId };
    void this.latest.load(async () => choosePlans((await get('/v1/plans', { params: { query } })).plans).shown);
  }

  /** Whether the plan in hand is this one as it stands; while another is made, the list alone is asked every second. */
  private holds(head: PlanBrief): boolean {
    const plan = this.plan.data;
    return plan?.id === head.id && plan.version === head.version && plan.state === head.state;
  }

  private async loadPlan(planId: string): Promise<void> {
    const path = { plan_id: planId };
    const plan = await this.plan.load(() => get('/v1/plans/{plan_id}', { params: { path } }));
    if (plan) this.statuses.clear();
  }

  async loadQueue(): Promise<void> {
    const query = { office_id: choice.officeId };
    await Promise.all([
      this.queue.load(() => get('/v1/address-queue', { params: { query } })),
      this.ready.load(async () => {
        const ask = { ...query, status: ['ready' as const], limit: 1 };
        return (await get('/v1/items', { params: { query: ask } })).total;
      }),
    ]);
  }

  /** Fetches again what the stream may have missed. */
  refresh(): void {
    void this.loadPlans(true);
    void this.loadQueue();
  }

  private clear(): void {
    for (const part of [this.plans, this.plan, this.latest, this.couriers, this.staff, this.queue, this.communes, this.ready]) part.clear();
    this.statuses.clear();
    this.fresh.clear();
  }
}

export const day = new Day();
