import { ApiProblem } from '$lib/api/problem';
import type { DoorBody, HandoverEntry, ProofBody, ProofFile } from '../store/schema';
import type { Wire } from './wire';

/** A server in memory: idempotent as the real one, and it can be told to misbehave before or after it has taken something. */
export class Server implements Wire {
  proofs = new Map<string, ProofBody>();
  files = new Set<string>();
  doors = new Map<string, DoorBody>();
  calls: string[] = [];
  before: (call: string) => void = () => undefined;
  after: (call: string) => void = () => undefined;

  async putProof(id: string, body: ProofBody) {
    this.ask(`proof ${body.item_id}`);
    const before = this.proofs.get(id);
    if (before && JSON.stringify(before) !== JSON.stringify(body)) throw problem(409, 'T2101');
    this.proofs.set(id, body);
    this.after(`proof ${body.item_id}`);
    const files = Object.fromEntries((body.files ?? []).map((file) => [file.sha256, this.files.has(`${id}/${file.sha256}`) ? 'stored' : 'awaited'] as const));
    return { proof_id: id, item_id: body.item_id, recorded_at: '2026-11-20T01:00:05Z', event_hash: 'e'.repeat(64), files, flags: [], receipt_code: null };
  }

  async putFile(file: ProofFile) {
    this.ask(`file ${file.sha256[0]}`);
    this.files.add(`${file.proofId}/${file.sha256}`);
    this.after(`file ${file.sha256[0]}`);
    return { proof_id: file.proofId, sha256: file.sha256 };
  }

  async postHandover(kind: HandoverEntry['kind'], _id: string, _body: HandoverEntry['body']) {
    this.ask(kind);
    return { at: '2026-11-20T00:30:00Z' };
  }

  async putDoor(itemId: string, body: DoorBody) {
    this.ask(`door ${itemId}`);
    this.doors.set(body.id ?? '', body);
    this.after(`door ${itemId}`);
    const lessons = [...this.doors].map(([id, one]) => ({ id, observed_at: one.occurred_at ?? '' }));
    return { item_id: itemId, lessons };
  }

  async putTransfer(id: string) {
    this.ask('transfer');
    return { id, asked_at: '2026-11-20T00:30:00Z' };
  }

  async postPositions() {
    return {};
  }

  private ask(call: string): void {
    this.calls.push(call);
    this.before(call);
  }
}

export function problem(status: number, code: string): ApiProblem {
  return new ApiProblem(status, [{ code, detail: code }]);
}

/** Does something at the first call of that name only. */
export function once(name: string, deed: () => never): (call: string) => void {
  let done = false;
  return (call) => {
    if (done || call !== name) return;
    done = true;
    deed();
  };
}
