import { SvelteMap } from 'svelte/reactivity';
import type { StreamMessage } from '$lib/api/sse';
import { LiveStream, type StreamState } from '$lib/api/stream';
import { actions } from './actions.svelte';
import { choice } from './choice.svelte';
import { closures } from './closures.svelte';
import { complaints } from './complaints.svelte';
import { counter } from './counter.svelte';
import { custody } from './custody.svelte';
import { day } from './day.svelte';
import { positions } from './positions.svelte';
import { proposals } from './proposals.svelte';

/** How long a change stays marked as new. */
const FRESH_MS = 4_000;

/** A message of the stream: ids only, so that nobody sees more than their own queries may fetch. */
interface Notice {
  office?: string | null;
  item?: string;
  status?: string;
  plan?: string;
  kind?: string;
  courier?: string;
  closure?: string;
  proposal?: string;
  complaint?: string;
  incident?: string;
  transfer?: string;
}

/** Gathers what arrives within one frame and applies it at once, however fast couriers deliver. */
class Live {
  state = $state<StreamState>('connecting');
  private stream: LiveStream | null = null;
  private waiting = new SvelteMap<string, string>();
  private frame = 0;
  private refetch: Record<string, number> = {};

  start(): () => void {
    this.stream = new LiveStream({
      url: '/v1/stream',
      onMessage: (message) => this.take(message),
      onGap: () => this.refresh(),
      onState: (state) => this.turn(state),
    });
    void this.stream.run();
    return () => this.stream?.close();
  }

  private take(message: StreamMessage): void {
    const notice = parse(message.data);
    if (!notice || (notice.office && notice.office !== choice.officeId)) return;
    // Lines drawn on roads are no new version of the plan.
    const drawn = notice.kind === 'plan_drawn';
    if (notice.plan) this.later('plans', () => void day.loadPlans(drawn).then(() => actions.watch()));
    if (notice.closure) this.later('closures', () => void closures.load());
    if (notice.proposal) this.later('proposals', () => void proposals.load());
    if (notice.complaint) this.later('complaints', () => void complaints.load());
    if (notice.incident || notice.transfer) this.later('custody', () => void custody.load());
    if (notice.courier) positions.soon();
    if (notice.item && notice.status) this.takeItem(notice.item, notice.status);
  }

  private refresh(): void {
    day.refresh();
    void proposals.load();
    void complaints.load();
    void custody.load();
    void closures.load();
  }

  /** Closures have no place in the stream's history: after a break they are fetched again. */
  private turn(state: StreamState): void {
    if (state === 'live' && this.state === 'broken') {
      void closures.load();
      void custody.load();
    }
    this.state = state;
  }

  private takeItem(item: string, status: string): void {
    this.waiting.set(item, status);
    if (status === 'accepted' || status === 'ready' || status === 'planned') this.later('queue', () => void day.loadQueue());
    if (choice.tab === 'custody') this.later('counter', () => void counter.load());
    this.frame ||= requestAnimationFrame(() => this.apply());
  }

  private apply(): void {
    this.frame = 0;
    const at = Date.now();
    for (const [item, status] of this.waiting) {
      day.statuses.set(item, status);
      day.fresh.set(item, at);
      setTimeout(() => day.fresh.get(item) === at && day.fresh.delete(item), FRESH_MS);
    }
    this.waiting.clear();
  }

  /** Many notices in a row lead to one fetch of their kind. */
  private later(kind: string, fetcher: () => void): void {
    clearTimeout(this.refetch[kind]);
    this.refetch[kind] = window.setTimeout(fetcher, 250);
  }
}

function parse(data: string): Notice | null {
  try {
    return JSON.parse(data) as Notice;
  } catch {
    return null;
  }
}

export const live = new Live();
