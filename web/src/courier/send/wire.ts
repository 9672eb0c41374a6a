import { writeHeaders } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { components } from '../../client/schema';
import type { DoorBody, Fix, HandoverEntry, ProofBody, ProofFile, TransferEntry } from '../store/schema';

export type ProofReceipt = components['schemas']['ReceiptOut'];
/** What of a file's receipt is compared. */
export type FileReceipt = Pick<components['schemas']['FileReceiptOut'], 'proof_id' | 'sha256'>;

/** What of the door's answer is compared. */
export type DoorAnswer = { item_id: string; lessons: { id: string; observed_at: string }[] };

/** The calls by which the phone hands over what it holds. Each may be repeated without a second effect. */
export interface Wire {
  putProof(id: string, body: ProofBody): Promise<ProofReceipt>;
  putFile(file: ProofFile): Promise<FileReceipt>;
  postHandover(kind: HandoverEntry['kind'], id: string, body: HandoverEntry['body']): Promise<{ at: string }>;
  putDoor(itemId: string, body: DoorBody): Promise<DoorAnswer>;
  putTransfer(id: string, body: TransferEntry['body']): Promise<{ id: string; asked_at: string }>;
  postPositions(fixes: Fix[]): Promise<unknown>;
}

const CALL_MS = 30_000;
/** A photo of 300 kB over a weak 2G signal. */
const FILE_MS = 120_000;

async function call<T>(method: string, path: string, body: BodyInit, headers: Record<string, string>, limitMs: number): Promise<T> {
  const init: RequestInit = { method, body, headers: { ...writeHeaders(), ...headers }, credentials: 'same-origin' };
  try {
    const response = await fetch(path, { ...init, signal: AbortSignal.timeout(limitMs) });
    if (!response.ok) throw await ApiProblem.from(response);
    return (await response.json()) as T;
  } catch (error) {
    // Cut off, too slow, or a page of some Wi-Fi's own in place of the answer: the server has not spoken.
    throw error instanceof ApiProblem ? error : ApiProblem.noAnswer();
  }
}

function sendJson<T>(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  return call(method, path, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers }, CALL_MS);
}

export const wire: Wire = {
  putProof: (id, body) => sendJson('PUT', `/v1/proofs/${id}`, body),
  putFile: (file) => call('PUT', `/v1/proofs/${file.proofId}/files/${file.sha256}`, file.bytes, { 'Content-Type': file.type }, FILE_MS),
  postHandover: (kind, id, body) => sendJson('POST', `/v1/courier/${kind}`, body, { 'Idempotency-Key': id }),
  putDoor: (itemId, body) => sendJson('PUT', `/v1/items/${itemId}/door`, body),
  putTransfer: (id, body) => sendJson('PUT', `/v1/transfers/${id}`, body),
  postPositions: (fixes) => sendJson('POST', '/v1/positions', { fixes }),
};
