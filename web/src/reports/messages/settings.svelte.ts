import { del, get, post, put } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/messages';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { messages } from './messages.svelte';
import type { Channel, ChannelIn, ChannelTrial, Policy, PolicyIn } from './types';

/** What is told, when and by which channel: read by all who work here, set by administrators. */
class Settings extends Deeds {
  readonly policy = new Resource<Policy>();
  /** What channels are set to, without their secrets: for administrators. */
  readonly channels = new Resource<Channel[]>();
  refused = $state.raw<ApiProblem | null>(null);
  trial = $state.raw<{ channel: string; answer: ChannelTrial } | null>(null);

  async load(isAdmin: boolean): Promise<void> {
    await Promise.all([this.policy.load(() => get('/v1/notifications/policy')), isAdmin && this.loadChannels()]);
  }

  savePolicy(body: PolicyIn): Promise<boolean> {
    return this.asked(async () => {
      const saved = await put('/v1/notifications/policy', { body });
      await this.policy.load(() => Promise.resolve(saved));
      toasts.done(say('policy.saved'));
    });
  }

  saveChannel(name: string, body: ChannelIn): Promise<boolean> {
    return this.asked(async () => {
      await put('/v1/notifications/channels/{name}', { params: { path: { name } }, body });
      toasts.done(say('channel.saved', { name }));
      await this.again();
    });
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

  test(name: string, contact: string): Promise<boolean> {
    this.trial = null;
    return this.tried(async () => {
      const answer = await post('/v1/notifications/channels/{name}/test', { params: { path: { name } }, body: { contact } });
      this.trial = { channel: name, answer };
    });
  }

  /** A refusal with many sentences stands beside the form, not in a toast. */
  private asked(deed: () => Promise<void>): Promise<boolean> {
    this.refused = null;
    return this.tried(deed, (problem) => (this.refused = problem));
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

  private async loadChannels(): Promise<void> {
    await this.channels.load(async () => (await get('/v1/notifications/channels')).channels);
  }
}

export const settings = new Settings();
