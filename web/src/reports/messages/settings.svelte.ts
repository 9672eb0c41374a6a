import { del, get, post, put } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/messages';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { messages } from './messages.svelte';
import type { Channel, ChannelIn, ChannelTrial, OfficeChannels, Policy, PolicyIn } from './types';

type Refused = (problem: ApiProblem) => void;

/** Channels as a person reads their order. */
export const inOrder = (names: readonly string[]): string => names.join(' → ') || say('channel.none_of_them');

/** What is told, when and by which channel: read by all who work here, set by administrators. */
class Settings extends Deeds {
  readonly policy = new Resource<Policy>();
  /** What channels are set to, without their secrets: for administrators. */
  readonly channels = new Resource<Channel[]>();
  /** Offices with channels of their own: apart from the policy, whose form would begin anew with it. */
  own = $state.raw<OfficeChannels[]>([]);
  trial = $state.raw<{ channel: string; answer: ChannelTrial } | null>(null);

  async load(isAdmin: boolean): Promise<void> {
    await Promise.all([this.loadPolicy(() => get('/v1/notifications/policy')), isAdmin && this.loadChannels()]);
  }

  async loadChannels(): Promise<void> {
    await this.channels.load(async () => (await get('/v1/notifications/channels')).channels);
  }

  /** What a form is refused it shows itself: many sentences are too much for a toast. */
  savePolicy(body: PolicyIn, refused: Refused): Promise<boolean> {
    return this.tried(async () => {
      const saved = await put('/v1/notifications/policy', { body });
      await this.loadPolicy(() => Promise.resolve(saved));
      toasts.done(say('policy.saved'));
    }, refused);
  }

  saveChannel(name: string, body: ChannelIn, refused: Refused): Promise<boolean> {
    return this.tried(async () => {
      await put('/v1/notifications/channels/{name}', { params: { path: { name } }, body });
      toasts.done(say('channel.saved', { name }));
      await this.again();
    }, refused);
  }

  /** An office's own channels; `null` where it sends as the province. */
  channelsOf(officeId: string): string[] | null {
    return this.own.find((one) => one.office_id === officeId)?.channels ?? null;
  }

  /** Gives an office its own channels, or with `null` the province's again. */
  saveOffice(officeId: string, channels: string[] | null, refused?: Refused): Promise<boolean> {
    const before = this.channelsOf(officeId);
    const name = messages.officeName(officeId);
    return this.tried(async () => {
      await this.putOffice(officeId, channels);
      toasts.done(say(channels ? 'office.saved' : 'office.is_back', { name }), () => void this.takenBack(() => this.putOffice(officeId, before)));
    }, refused);
  }

  async switch(name: string, on: boolean): Promise<void> {
    await this.tried(async () => {
      await this.turn(name, on);
      toasts.done(say(on ? 'channel.is_on' : 'channel.is_off', { name }), () => void this.takenBack(() => this.turn(name, !on)));
    });
  }

  forget(name: string): Promise<boolean> {
    return this.tried(async () => {
      await del('/v1/notifications/channels/{name}', { params: { path: { name } } });
      toasts.done(say('channel.forgotten', { name }));
      await this.again();
    });
  }

  /** For good: a secret comes out nowhere, so it cannot be put back. */
  forgetSecret(name: string): Promise<boolean> {
    return this.tried(async () => {
      await del('/v1/notifications/channels/{name}/secret', { params: { path: { name } } });
      toasts.done(say('channel.secret_gone', { name }));
      await this.again();
    });
  }

  test(name: string, contact: string): Promise<boolean> {
    this.trial = null;
    return this.tried(async () => {
      const answer = await post('/v1/notifications/channels/{name}/test', { params: { path: { name } }, body: { contact } });
      this.trial = { channel: name, answer };
    });
  }

  private async putOffice(office_id: string, channels: string[] | null): Promise<void> {
    this.own = (await put('/v1/notifications/offices/{office_id}', { params: { path: { office_id } }, body: { channels } })).offices;
  }

  private async turn(name: string, on: boolean): Promise<void> {
    const params = { path: { name } };
    await (on ? post('/v1/notifications/channels/{name}/enable', { params }) : post('/v1/notifications/channels/{name}/disable', { params }));
    await this.again();
  }

  /** The policy stays as it is, and so does what is being written into its form. */
  private async again(): Promise<void> {
    await Promise.all([this.loadChannels(), messages.loadStanding()]);
  }

  private async loadPolicy(fetcher: () => Promise<Policy>): Promise<void> {
    const policy = await this.policy.load(fetcher);
    if (policy) this.own = policy.offices;
  }
}

export const settings = new Settings();
