import type { FeatureCollection } from 'geojson';
import type { components } from '../client/schema';
import { get } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { local } from '$lib/format';
import { now } from '$lib/now.svelte';
import { periodOf, type Period } from './period';
import type { Report, Row } from './rows';

export type Group = 'commune' | 'office';
type Office = components['schemas']['OfficeOut'];

/** The report that is looked at; kept in the address of the page. */
class OnTime {
  get today(): string {
    return local(now.current).day;
  }

  period = $state<Period>(periodOf('month', this.today));
  group = $state<Group>('commune');
  chosen = $state<string | null>(null);
  readonly report = new Resource<Report>();
  readonly communes = new Resource<FeatureCollection>();
  readonly offices = new Resource<Office[]>();

  begin(provinceCode: string): void {
    const asked = new URLSearchParams(location.search);
    const [from, to] = [asked.get('from'), asked.get('to')];
    this.period = from && to ? { from, to } : periodOf('month', this.today);
    if (asked.get('group') === 'office') this.group = 'office';
    const query = { province_code: provinceCode };
    void this.communes.load(async () => (await get('/v1/communes.geojson', { params: { query } })) as never);
    void this.offices.load(async () => (await get('/v1/offices')).offices);
  }

  async load(): Promise<void> {
    const query = { ...this.period, group: this.group };
    history.replaceState(null, '', `?${new URLSearchParams(query)}`);
    await this.report.load(() => get('/v1/reports/on-time', { params: { query } }));
  }

  /** Where the console shows the items behind a row's number, or `null` when no office of one's own serves the place. */
  itemsOf(row: Row, status: string): string | null {
    const office = this.offices.data?.find((one) => (this.group === 'office' ? one.id === row.key : one.commune_codes.includes(row.key)));
    if (!office) return null;
    const query = new URLSearchParams({ office: office.id, tab: 'items', ...(status ? { status } : {}) });
    if (this.group === 'commune') query.set('commune', row.key);
    return `/console?${query}`;
  }
}

export const onTime = new OnTime();
