import { session, type User } from '$lib/api/session.svelte';
import { today } from './day/today.svelte';
import { sender } from './send/sender.svelte';
import { forget, keep, recall } from './store/kept';
import { store } from './store/schema';

/** Who works with this phone. Known offline too: the route must open where there is no network. */
class Account {
  user = $state.raw<User | null>(null);
  restored = $state(false);

  async begin(): Promise<void> {
    this.user = await recall<User>('user');
    this.restored = true;
    await session.ask();
    if (session.user) await this.enter(session.user);
    // Remembered, but the session has ended: the work goes on, sending waits for the sign-in.
    else if (session.state === 'out') sender.signedOut = true;
  }

  async enter(user: User): Promise<void> {
    if (!user.courier_id) return;
    if (this.user?.id !== user.id) this.user = user;
    await keep('user', $state.snapshot(user));
    sender.signedIn();
  }

  /** Leaves the phone without a name or address on it, but for what still waits to be sent. */
  async leave(): Promise<void> {
    const left = this.user;
    this.user = null;
    await forget('user');
    if (left) await today.wipe(left.id);
    await (await store()).clear('drafts');
    await session.signOut();
    sender.signedOut = true;
  }
}

export const account = new Account();
