import { store, type Entry, type ProofFile, type Receipt } from '../store/schema';
import { Outbox, type Pass } from './outbox';
import { sendPositions } from './positions';
import { Turns } from './turns';
import { backoff } from './verdict';
import { wire } from './wire';

const LOCK = 'buuta-courier-send';

/** Sends in the background and tells the screens what waits. Of several open tabs only one sends at a time. */
class Sender {
  entries = $state.raw<Entry[]>([]);
  receipts = $state.raw<Receipt[]>([]);
  /** The last word on the network: what the browser says, corrected by what really happened. */
  online = $state(navigator.onLine);
  signedOut = $state(false);
  sending = $state(false);
  userId = '';
  /** Called after a pass that handed something over. */
  onSent: () => void = () => undefined;

  private outbox: Promise<Outbox> = store().then((db) => new Outbox(db, wire));
  private others = new BroadcastChannel(LOCK);
  private turns = new Turns(() => this.pass());
  private misses = 0;

  get waiting(): Entry[] {
    return this.entries.filter((entry) => entry.state === 'waiting');
  }

  get review(): Entry[] {
    return this.entries.filter((entry) => entry.state === 'review');
  }

  /** Begins to send for a courier; gives back how to stop. */
  start(userId: string): () => void {
    this.userId = userId;
    const heard = new AbortController();
    const on = { signal: heard.signal };
    addEventListener('online', () => void this.wake(), on);
    addEventListener('offline', () => (this.online = false), on);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void this.wake(), on);
    this.others.onmessage = () => void this.look();
    void this.look().then(() => this.wake());
    void this.outbox.then((outbox) => outbox.tidy());
    return () => {
      heard.abort();
      this.turns.stop();
      this.userId = '';
    };
  }

  /** Local completion: done as soon as it is stored on the phone; sending follows by itself. */
  async add(entries: Entry[], files: ProofFile[] = [], draftId?: string): Promise<void> {
    await (await this.outbox).add(entries, files, draftId);
    await this.look();
    this.others.postMessage('changed');
    this.turns.go();
  }

  /** Takes back a visit completed by mistake; false when it has gone out already. */
  async takeBack(ids: readonly string[], draftId?: string, draft?: unknown): Promise<boolean> {
    const taken = await (await this.outbox).takeBack(ids, draftId, draft);
    await this.look();
    this.others.postMessage('changed');
    return taken;
  }

  async again(id: string): Promise<void> {
    await (await this.outbox).again(id);
    await this.look();
    this.turns.go();
  }

  /** Sends what is due now. */
  go(): void {
    this.turns.go();
  }

  /** Everything that waits may try at once. */
  async wake(): Promise<void> {
    if (!navigator.onLine) {
      this.online = false;
      return;
    }
    this.misses = 0;
    await (await this.outbox).wake();
    this.turns.go();
  }

  /** The courier has signed in again. */
  signedIn(): void {
    this.signedOut = false;
    void this.wake();
  }

  /** Reads anew what waits. */
  async look(): Promise<void> {
    const outbox = await this.outbox;
    [this.entries, this.receipts] = [await outbox.entries(), await outbox.receipts()];
  }

  /** One pass over what waits; says after how many ms the next is due, or `null`. */
  private async pass(): Promise<number | null> {
    if (!this.userId || this.signedOut || !navigator.onLine) return null;
    const found = await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? this.sendAll() : null));
    // Another tab is at it: it tells us when something has changed.
    if (!found) return backoff(3);
    if (found.sent) this.onSent();
    return this.after(found);
  }

  private async sendAll(): Promise<Pass> {
    this.sending = true;
    try {
      const pass = await (await this.outbox).pass(this.userId);
      const gone = pass.end === 'done' ? await sendPositions(await store(), wire, this.userId) : pass.end;
      return { ...pass, end: gone };
    } finally {
      this.sending = false;
      await this.look();
      this.others.postMessage('changed');
    }
  }

  private after(pass: Pass): number | null {
    this.online = pass.end !== 'unreachable';
    this.signedOut ||= pass.end === 'signed_out';
    this.misses = pass.end === 'unreachable' ? this.misses + 1 : 0;
    if (pass.end === 'unreachable') return backoff(this.misses);
    return pass.nextAt === null ? null : Math.max(500, pass.nextAt - Date.now());
  }
}

export const sender = new Sender();
