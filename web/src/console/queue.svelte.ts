import type { FeatureCollection } from 'geojson';
import { get, post } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { session } from '$lib/api/session.svelte';
import { featureAt } from '$lib/map/inside';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import { day } from './day.svelte';
import type { Candidate, QueueEntry } from './types';

interface Pin {
  at: [number, number];
  communeCode: string;
  communeName: string;
  /** True after a person dragged it: then the point is theirs and goes to the server. */
  moved: boolean;
}

/** The address being decided: which entry, and where the pin stands. */
class Deciding extends Deeds {
  pin = $state.raw<Pin | null>(null);
  readonly province = new Resource<FeatureCollection>();

  readonly entries = $derived(day.queue.data?.entries ?? []);
  readonly entry = $derived(this.entries.find((one) => one.item.id === choice.itemId) ?? this.entries[0] ?? null);

  /** Puts the pin on a candidate. */
  choose(candidate: Candidate): void {
    this.pin = {
      at: candidate.point,
      communeCode: candidate.commune_code,
      communeName: candidate.commune_full_name,
      moved: false,
    };
  }

  open(entry: QueueEntry): void {
    if (entry === this.entry) return;
    choice.pickItem(entry.item.id);
    this.begin(entry);
  }

  /** The pin begins on the best candidate, without any at the office, to be dragged from there. */
  begin(entry: QueueEntry | null): void {
    const first = entry?.candidates[0];
    const { office } = choice;
    if (first) this.choose(first);
    else this.pin = entry && office ? { at: office.point, communeCode: '', communeName: '', moved: false } : null;
    if (entry && !this.province.data && !this.province.loading) void this.loadProvince();
  }

  /** All communes of the province: a pin may be dragged out of what this office serves. */
  private async loadProvince(): Promise<void> {
    const query = { province_code: session.user?.province_code ?? '' };
    await this.province.load(async () => (await get('/v1/communes.geojson', { params: { query } })) as never);
  }

  /** The pin was dragged: the commune is the one that holds the place; outside of the province there is none. */
  moveTo(at: [number, number]): void {
    const found = featureAt(this.province.data ?? day.communes.data, at[0], at[1])?.properties;
    this.pin = { at, communeCode: String(found?.['code'] ?? ''), communeName: String(found?.['full_name'] ?? ''), moved: true };
  }

  async accept(): Promise<void> {
    const { entry, pin } = this;
    if (!entry || !pin?.communeCode) return;
    await this.tried(async () => {
      const params = { path: { item_id: entry.item.id } };
      const decision = { commune_code: pin.communeCode, point: pin.moved ? pin.at : null };
      await post('/v1/items/{item_id}:resolve-address', { params, body: decision });
      toasts.done(say('queue.accepted', { name: pin.communeName }));
      this.next(entry);
      await day.loadQueue();
    });
  }

  /** Goes on with the entry after the one that was decided. */
  private next(done: QueueEntry): void {
    const at = this.entries.indexOf(done);
    const following = this.entries[at + 1] ?? this.entries[at - 1] ?? null;
    choice.itemId = following?.item.id ?? null;
    this.begin(following);
  }
}

export const deciding = new Deciding();
