import { NO_ANSWER, type ApiProblem } from '$lib/api/problem';

/**
 * What a refusal means for what waits.
 * `unreachable`: nobody answered, stop this pass. `signed_out`: wait for the courier to sign in. `later`: this one again after a
 * while, the others go on. `final`: a person must look at it.
 */
export type Verdict = 'unreachable' | 'signed_out' | 'later' | 'final';

/** Refused now, but the same call may well be taken in a moment. */
const PASSING_STATUS = new Set([408, 423, 425, 429]);
const PASSING_CODE = new Set(['T2002']);
/** The session's token and the page's do not fit: somebody signed in anew in another tab. */
const SIGNED_OUT_CODE = new Set(['A1001', 'A1005']);

export function verdictOf(problem: ApiProblem): Verdict {
  if (problem.code === NO_ANSWER || problem.status === 502 || problem.status === 504) return 'unreachable';
  if (problem.status === 401 || SIGNED_OUT_CODE.has(problem.code)) return 'signed_out';
  if (problem.status >= 500 || PASSING_STATUS.has(problem.status) || PASSING_CODE.has(problem.code)) return 'later';
  // Without one of our codes it was a proxy on the way that refused, or this phone's own store.
  return /^[A-Z]\d{4}$/.test(problem.code) && problem.status > 0 ? 'final' : 'later';
}

const FIRST_MS = 2_000;
/** The longest wait between two tries, in ms. */
export const LONGEST_MS = 5 * 60_000;

/** Milliseconds to wait after `tries` failures: doubling from 2 s to 5 min, spread by a quarter so that phones do not march in step. */
export function backoff(tries: number, random: number = Math.random()): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, tries - 1));
  return Math.round(full * (0.75 + random * 0.5));
}
