import { ApiProblem } from './problem';

/** Keys that went out with a content and were never answered. */
const unanswered = new Map<string, string>();

/**
 * Sends a write under a key for which the server does it once. When no answer came, the same content goes out under the
 * same key again: money that was counted in before the network broke is not counted twice by trying again.
 */
export async function once<T>(content: unknown, send: (header: { 'idempotency-key': string }) => Promise<T>): Promise<T> {
  const name = JSON.stringify(content);
  const key = unanswered.get(name) ?? crypto.randomUUID();
  unanswered.set(name, key);
  try {
    const answer = await send({ 'idempotency-key': key });
    unanswered.delete(name);
    return answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) unanswered.delete(name);
    throw error;
  }
}
