import { get, post } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { local } from '$lib/format';
import { now } from '$lib/now.svelte';
import { say } from '$lib/strings/messages';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import type { Period } from '../period';
import type { Count, Message, Office, Paper, Standing } from './types';

const PAGE = 50;

/** What citizens were told: by day, what failed, of one paper. */
class Messages extends Deeds {
  period = $state<Period>({ from: this.today, to: this.today });
  office = $state('');
  readonly counts = new Resource<Count[]>();
  readonly standing = new Resource<Standing>();
  readonly failures = new Resource<Message[]>();
  readonly offices = new Resource<Office[]>();
  readonly found = new Resource<{ items: Paper[]; total: number }>();
  more = $state(false);

  get today(): string {
    return local(now.current).day;
  }

  officeName(id: string): string {
    return this.offices.data?.find((one) => one.id === id)?.name ?? '';
  }

  begin(): void {
    this.period = { from: this.today, to: this.today };
    void this.loadOffices();
    void this.loadStanding();
  }

  async loadOffices(): Promise<void> {
    await this.offices.load(async () => (await get('/v1/offices')).offices);
  }

  /** What depends on the days and the office that are looked at. */
  async load(): Promise<void> {
    const query = { day: this.period.from, until: this.period.to, ...this.ofOffice };
    await Promise.all([this.counts.load(async () => (await get('/v1/notifications/counts', { params: { query } })).counts), this.loadFailures()]);
  }

  async loadStanding(): Promise<void> {
    await this.standing.load(() => get('/v1/notifications/standing'));
  }

  /** Those that nobody took or perhaps nobody got, the newest first. */
  async loadFailures(): Promise<void> {
    await this.failures.load(() => this.pageAfter());
  }

  async moreFailures(): Promise<void> {
    const shown = this.failures.data ?? [];
    const next = await this.tryPage(shown.at(-1)?.id);
    if (next) await this.failures.load(() => Promise.resolve([...shown, ...next]));
  }

  retry(message: Message): Promise<boolean> {
    return this.tried(async () => {
      await post('/v1/notifications/{notification_id}/retry', { params: { path: { notification_id: message.id } } });
      toasts.done(say('retried'));
      await Promise.all([this.load(), this.loadStanding()]);
    });
  }

  /** The words stand in the body: an address of a page is kept in histories. */
  async search(q: string): Promise<void> {
    await this.found.load(() => post('/v1/notifications:search', { body: { q } }));
  }

  /** What somebody at the counter or on the phone says. */
  consent(contact: string, optedOut: boolean): Promise<boolean> {
    return this.tried(async () => {
      await post('/v1/notifications/consent', { body: { contact, opted_out: optedOut } });
      toasts.done(say(optedOut ? 'consent.is_out' : 'consent.is_in'));
      await this.loadStanding();
    });
  }

  private get ofOffice(): { office_id?: string } {
    return this.office ? { office_id: this.office } : {};
  }

  private async tryPage(before?: string): Promise<Message[] | null> {
    let page: Message[] | null = null;
    await this.tried(async () => {
      page = await this.pageAfter(before);
    });
    return page;
  }

  private async pageAfter(before?: string): Promise<Message[]> {
    const query = { state: ['dead' as const, 'unsure' as const], limit: PAGE, ...this.ofOffice, ...(before ? { before } : {}) };
    const { notifications } = await get('/v1/notifications', { params: { query } });
    this.more = notifications.length === PAGE;
    return notifications;
  }
}

export const messages = new Messages();
