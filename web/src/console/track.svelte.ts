import { get } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import type { Track } from './types';

/** The way the chosen courier really went: asked for only while somebody wants to see it, since looking is written down. */
class TrackOfDay {
  readonly resource = new Resource<Track>();
  wanted = $state(false);

  /** Shows a courier's day; without a courier nothing. */
  async open(courierId: string | null, day: string): Promise<void> {
    this.resource.clear();
    if (!this.wanted || courierId === null) return;
    await this.resource.load(() => get('/v1/couriers/{courier_id}/track', { params: { path: { courier_id: courierId }, query: { day } } }));
  }
}

export const track = new TrackOfDay();
