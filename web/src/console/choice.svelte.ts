import { session, type User } from '$lib/api/session.svelte';
import { addDays, local } from '$lib/format';
import { now } from '$lib/now.svelte';
import { filterFrom } from './filter.svelte';

/** The panels beside the map, in the order of their tabs and of the keys 1 to 6. */
export const TABS = ['stops', 'unplanned', 'queue', 'items', 'closures', 'custody'] as const;
export type Tab = (typeof TABS)[number];

/** Of the places to decide: addresses that are not clear, or doors that citizens show. */
export type Places = 'unclear' | 'proposals';

/** What is looked at: kept in the address of the page, so that a reload or a link shows the same. */
class Choice {
  officeId = $state('');
  day = $state('');
  tab = $state<Tab>('stops');
  places = $state<Places>('unclear');
  courierId = $state<string | null>(null);
  visitId = $state<string | null>(null);
  itemId = $state<string | null>(null);
  /** The office that is looked at; none before somebody has signed in. */
  readonly office = $derived(session.user?.offices.find((one) => one.id === this.officeId) ?? null);

  /** Takes office and day from the address, else the person's first office and today. */
  begin(user: User): void {
    const asked = new URLSearchParams(location.search);
    const office = user.offices.find((one) => one.id === asked.get('office')) ?? user.offices[0];
    this.officeId = office?.id ?? '';
    this.day = /^\d{4}-\d{2}-\d{2}$/.test(asked.get('day') ?? '') ? String(asked.get('day')) : today();
    this.tab = TABS.find((one) => one === asked.get('tab')) ?? this.tab;
    if (asked.get('places') === 'proposals') this.places = 'proposals';
    this.itemId = asked.get('item');
    filterFrom(asked);
  }

  go(officeId: string, day: string): void {
    if (officeId === this.officeId && day === this.day) return;
    this.officeId = officeId;
    this.day = day;
    this.clear();
    this.write();
  }

  shift(days: number): void {
    this.go(this.officeId, addDays(this.day, days));
  }

  /** Chooses a route; the same again lets go of it. */
  pickCourier(courierId: string | null): void {
    this.courierId = courierId === this.courierId ? null : courierId;
    this.visitId = null;
    this.itemId = null;
    if (this.courierId) this.tab = 'stops';
  }

  pickStop(courierId: string | null, visitId: string, itemId: string | null = null): void {
    this.courierId = courierId;
    this.visitId = visitId;
    this.itemId = itemId;
    this.tab = courierId ? 'stops' : 'unplanned';
  }

  pickItem(itemId: string): void {
    this.itemId = itemId;
    this.visitId = null;
  }

  clear(): void {
    this.courierId = this.visitId = this.itemId = null;
  }

  private write(): void {
    const query = new URLSearchParams({ office: this.officeId, day: this.day });
    history.replaceState(null, '', `?${query}`);
  }
}

export function today(): string {
  return local(now.current).day;
}

export const choice = new Choice();
