import { get, post } from '$lib/api/client';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import type { Complaint, Decision } from './types';

/** What citizens complain of and nobody has closed yet, the most pressing first. */
class Complaints extends Deeds {
  readonly resource = new Resource<Complaint[]>();
  private chosenId = $state('');

  readonly list = $derived(this.resource.data ?? []);
  readonly overdue = $derived(this.list.filter((one) => one.overdue).length);
  readonly chosen = $derived(this.list.find((one) => one.id === this.chosenId) ?? this.list[0] ?? null);

  async load(): Promise<void> {
    const query = { office_id: choice.officeId };
    await this.resource.load(async () => (await get('/v1/complaints', { params: { query } })).complaints);
  }

  clear(): void {
    this.resource.clear();
  }

  choose(complaint: Complaint): void {
    this.chosenId = complaint.id;
  }

  take(complaint: Complaint): Promise<boolean> {
    return this.tried(async () => {
      await post('/v1/complaints/{complaint_id}:take', { params: { path: { complaint_id: complaint.id } } });
      await this.load();
    });
  }

  /** The citizen reads the answer, so it is not taken back. */
  decide(complaint: Complaint, to: Decision, answer: string): Promise<boolean> {
    return this.tried(async () => {
      const params = { path: { complaint_id: complaint.id } };
      await post('/v1/complaints/{complaint_id}:decide', { params, body: { to, answer } });
      toasts.done(say('complaints.decided'));
      await this.load();
    });
  }
}

export const complaints = new Complaints();
