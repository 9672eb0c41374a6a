import { ApiProblem, asProblem } from '$lib/api/problem';
import { uuid7 } from '../door/uuid7';
import type { Change, CourierDb, DoorEntry, Entry, HandoverEntry, ProofEntry, ProofFile, Receipt, TransferEntry } from '../store/schema';
import { backoff, LONGEST_MS, verdictOf } from './verdict';
import type { Wire } from './wire';

/** Thrown when an item was delivered on this phone already. */
export class AlreadyDelivered extends Error {}

/** How long a completed visit may be taken back before it goes out. */
export const UNDO_MS = 6_000;

/** How a pass over the outbox ended; `nextAt`: device time in ms at which something is due again. */
export interface Pass {
  end: 'done' | 'unreachable' | 'signed_out';
  sent: number;
  nextAt: number | null;
}

/** A receipt that does not confirm what was sent: the entry stays. */
export const WRONG_RECEIPT = {
  code: 'W0002',
  detail: 'Biên nhận của máy chủ không khớp với dữ liệu trên máy.',
  detail_en: 'The receipt does not match what this phone holds.',
};
const RECEIPT_DAYS_MS = 3 * 86_400_000;

/** What waits to be sent. An entry leaves only on a receipt that confirms all of it; what is refused for good stays to be looked at. */
export class Outbox {
  constructor(
    private readonly db: CourierDb,
    private readonly wire: Wire,
    private readonly now: () => number = Date.now,
  ) {}

  /** Puts entries with their files in, all or none, and drops the draft they came from. */
  async add(entries: Entry[], files: ProofFile[] = [], draftId?: string): Promise<void> {
    const change = this.db.transaction(['outbox', 'files', 'receipts', 'drafts'], 'readwrite');
    try {
      const before = [...(await change.objectStore('outbox').getAll()), ...(await change.objectStore('receipts').getAll())];
      const delivered = new Set(before.filter(isDelivery).flatMap((one) => one.itemIds));
      if (entries.some((entry) => isDelivery(entry) && entry.itemIds.some((id) => delivered.has(id)))) throw new AlreadyDelivered();
      for (const entry of entries) await change.objectStore('outbox').add(entry);
      for (const file of files) await change.objectStore('files').add(file);
      if (draftId) await change.objectStore('drafts').delete(draftId);
    } catch (error) {
      change.done.catch(() => undefined);
      change.abort();
      throw error;
    }
    await change.done;
  }

  /** Takes back what was completed by mistake, while it has not gone out; false when it is too late. */
  async takeBack(ids: readonly string[], draftId?: string, draft?: unknown): Promise<boolean> {
    const change = this.db.transaction(['outbox', 'files', 'drafts'], 'readwrite');
    const found = await Promise.all(ids.map((id) => change.objectStore('outbox').get(id)));
    const inTime = found.every((entry) => entry && entry.tries === 0 && entry.notBefore > this.now());
    for (const id of inTime ? ids : []) await drop(change, id);
    if (inTime && draftId) await change.objectStore('drafts').put(draft, draftId);
    await change.done;
    return inTime;
  }

  entries(): Promise<Entry[]> {
    return this.db.getAll('outbox');
  }

  receipts(): Promise<Receipt[]> {
    return this.db.getAll('receipts');
  }

  /** A person looked at a refused entry: it may try again. */
  async again(id: string): Promise<void> {
    await this.update(id, { state: 'waiting', tries: 0, notBefore: 0, problem: null });
  }

  /** Lets everything that waits try at once, as after the network has come back. */
  async wake(): Promise<void> {
    for (const entry of await this.entries()) {
      if (entry.state === 'waiting' && entry.tries > 0) await this.update(entry.id, { notBefore: 0 });
    }
  }

  /** Sends what is due of one courier, oldest first. One entry's refusal never holds up the rest. */
  async pass(userId: string): Promise<Pass> {
    let sent = 0;
    for (const entry of await this.due(userId)) {
      try {
        await this.send(entry);
        sent++;
      } catch (error) {
        const problem = asProblem(error);
        const verdict = verdictOf(problem);
        if (verdict === 'unreachable' || verdict === 'signed_out') return { end: verdict, sent, nextAt: null };
        await this.refuse(entry, problem, verdict === 'final');
      }
    }
    return { end: 'done', sent, nextAt: await this.nextAt(userId) };
  }

  /** Drops receipts that nobody looks at any more. */
  async tidy(): Promise<void> {
    for (const receipt of await this.receipts()) {
      if (receipt.receivedAt < this.now() - RECEIPT_DAYS_MS) await this.db.delete('receipts', receipt.id);
    }
  }

  private async due(userId: string): Promise<Entry[]> {
    const now = this.now();
    const own = (await this.entries()).filter((entry) => entry.userId === userId && entry.state === 'waiting');
    // A time farther off than any wait of ours: somebody has set the phone's clock back.
    return own.filter((entry) => entry.notBefore <= now || entry.notBefore > now + 2 * LONGEST_MS);
  }

  private async nextAt(userId: string): Promise<number | null> {
    const waiting = (await this.entries()).filter((entry) => entry.userId === userId && entry.state === 'waiting');
    return waiting.length ? Math.min(...waiting.map((entry) => entry.notBefore)) : null;
  }

  private async send(entry: Entry): Promise<void> {
    if (entry.kind === 'proof') await this.sendProof(entry);
    else if (entry.kind === 'door') await this.sendDoor(entry);
    else if (entry.kind === 'transfer') await this.sendTransfer(entry);
    else await this.sendHandover(entry);
  }

  private async sendProof(entry: ProofEntry): Promise<void> {
    const receipt = await this.wire.putProof(entry.id, entry.body);
    const claimed = (entry.body.files ?? []).map((file) => file.sha256);
    const named = Object.keys(receipt.files);
    const confirmed = receipt.proof_id === entry.id && receipt.item_id === entry.body.item_id && sameSet(claimed, named);
    if (!confirmed || !receipt.event_hash) throw wrongReceipt();
    for (const hash of claimed.filter((one) => receipt.files[one] !== 'stored')) await this.sendFile(entry.id, hash);
    await this.settle(entry, receipt.recorded_at, receipt.event_hash);
  }

  private async sendFile(proofId: string, hash: string): Promise<void> {
    const file = await this.db.get('files', [proofId, hash]);
    if (!file) throw wrongReceipt();
    const receipt = await this.wire.putFile(file);
    if (receipt.sha256 !== hash || receipt.proof_id !== proofId) throw wrongReceipt();
  }

  private async sendDoor(entry: DoorEntry): Promise<void> {
    const answer = await this.wire.putDoor(entry.itemIds[0] ?? '', entry.body);
    const lesson = answer.lessons.find((one) => one.id === entry.id);
    if (!lesson || !entry.itemIds.includes(answer.item_id)) throw wrongReceipt();
    await this.settle(entry, lesson.observed_at, null);
  }

  private async sendHandover(entry: HandoverEntry): Promise<void> {
    const handover = await this.wire.postHandover(entry.kind, entry.id, entry.body);
    await this.settle(entry, handover.at, null);
  }

  private async sendTransfer(entry: TransferEntry): Promise<void> {
    const asked = await this.wire.putTransfer(entry.id, entry.body);
    if (asked.id !== entry.id) throw wrongReceipt();
    await this.settle(entry, asked.asked_at, null);
  }

  /** Entry and files out, receipt in: in one step, so that a crash leaves either. */
  private async settle(entry: Entry, recordedAt: string, eventHash: string | null): Promise<void> {
    const change = this.db.transaction(['outbox', 'files', 'receipts'], 'readwrite');
    const { id, userId, kind, madeAt, itemIds } = entry;
    const outcome = entry.kind === 'proof' ? entry.body.outcome : null;
    const told = { code: entry.label.code, recordedAt, eventHash, receivedAt: this.now() };
    await change.objectStore('receipts').put({ id, userId, kind, madeAt, itemIds, outcome, ...told });
    await drop(change, id);
    await change.done;
  }

  private async refuse(entry: Entry, problem: ApiProblem, final: boolean): Promise<void> {
    if (final && (entry.kind === 'load' || entry.kind === 'unload') && entry.itemIds.length > 1) return this.split(entry);
    const tries = entry.tries + 1;
    const kept = { status: problem.status, problems: [...problem.problems] };
    await this.update(entry.id, { tries, problem: kept, state: final ? 'review' : 'waiting', notBefore: final ? 0 : this.now() + backoff(tries) });
  }

  /** One paper that the office has given to somebody else must not keep the others from changing hands. */
  private async split(entry: HandoverEntry): Promise<void> {
    const change = this.db.transaction('outbox', 'readwrite');
    await change.store.delete(entry.id);
    for (const [index, itemId] of entry.itemIds.entries()) {
      const body = { item_ids: [itemId], counted: 1 };
      await change.store.add({ ...entry, id: uuid7(), itemIds: [itemId], codes: [entry.codes[index] ?? ''], body });
    }
    await change.done;
  }

  private async update(id: string, changes: Partial<Pick<Entry, 'state' | 'tries' | 'notBefore' | 'problem'>>): Promise<void> {
    const change = this.db.transaction('outbox', 'readwrite');
    const entry = await change.store.get(id);
    if (entry) await change.store.put({ ...entry, ...changes });
    await change.done;
  }
}

/** Removes an entry with its files, inside a transaction over both. */
async function drop(change: Change, id: string): Promise<void> {
  const files = change.objectStore('files');
  for (const key of await files.index('proof').getAllKeys(id)) await files.delete(key);
  await change.objectStore('outbox').delete(id);
}

function isDelivery(one: Entry | Receipt): boolean {
  const outcome = 'body' in one ? (one.kind === 'proof' ? one.body.outcome : null) : one.outcome;
  return outcome === 'delivered' || outcome === 'collected';
}

function sameSet(left: string[], right: string[]): boolean {
  return left.length === right.length && left.every((one) => right.includes(one));
}

/** Status 422 makes it final: sending the same again will not mend it by itself. */
function wrongReceipt(): ApiProblem {
  return new ApiProblem(422, [WRONG_RECEIPT]);
}
