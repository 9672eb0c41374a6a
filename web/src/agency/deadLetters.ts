import type { DeadLetter } from './types';

/** Letters by their dossier, the dossier of the newest letter first; within one in the order in which they are sent. */
export function byDossier(letters: readonly DeadLetter[]): [string, DeadLetter[]][] {
  const found = new Map<string, DeadLetter[]>();
  for (const letter of letters) found.set(letter.dossier_code, [letter, ...(found.get(letter.dossier_code) ?? [])]);
  return [...found];
}

/** What a receiver said last: the status, and what else is known when that is more; empty when nothing came. */
export function answerOf({ status, error }: Pick<DeadLetter, 'status' | 'error'>): string {
  const told = status === null ? '' : `HTTP ${status}`;
  return [told, error === told ? '' : error].filter(Boolean).join(' · ');
}
