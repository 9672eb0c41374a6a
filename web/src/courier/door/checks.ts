import { addDays } from '$lib/format';
import type { components } from '../../client/schema';
import type { VisitItem } from '../day/visits';
import type { Rule } from '../store/schema';
import type { Action, Draft } from './draft';
import { isSigned } from './ink';

/** What a form still lacks; each is a key of the catalogue under `lack.`. */
export type Lack = 'items' | 'agent_name' | 'last4' | 'photo_or_note' | 'signature_or_note' | 'reason' | 'action' | 'day' | 'in_person' | 'agent_refused' | 'authorisation' | 'identity' | 'slip' | 'otp' | 'papers' | 'seal';

/** The server takes a new day at most this far ahead. */
export const REDELIVERY_DAYS = 14;

/** What a delivery lacks. Photo and signature may be missing only with a word on why. */
export function lacksOfDelivery(draft: Draft, items: readonly VisitItem[]): Lack[] {
  const noted = draft.note.trim().length >= 5;
  const chosen = items.filter((item) => draft.chosen.includes(item.id));
  const agent = draft.relation === 'agent';
  const asks = (what: (rule: Rule) => boolean): boolean => chosen.some((item) => item.rule !== null && what(item.rule));
  const lacks: [Lack, boolean][] = [
    ['items', draft.chosen.length === 0],
    ['in_person', agent && (chosen.some((item) => item.in_person) || asks((rule) => rule.in_person))],
    ['agent_refused', agent && asks((rule) => !rule.authorised_agent)],
    ['authorisation', agent && !draft.authorisation && asks((rule) => rule.written_authorisation)],
    ['identity', !draft.last4 && asks((rule) => rule.identity)],
    ['slip', draft.slips < chosen.filter((item) => item.rule?.slip_back).length],
    ['otp', !/^\d{6}$/.test(draft.otp) && (draft.otp !== '' || asks((rule) => rule.otp === 'required'))],
    ['agent_name', draft.relation === 'agent' && !draft.agentName.trim()],
    ['last4', !/^(\d{4})?$/.test(draft.last4)],
    ['photo_or_note', !draft.photo && !noted],
    ['signature_or_note', !isSigned(draft.strokes) && !noted],
  ];
  return lacks.filter(([, missing]) => missing).map(([name]) => name);
}

/** The server takes at most this many originals or copies of one paper. */
export const MOST_PAPERS = 999;

/** What a collection at home lacks: a line without a name or without a count is told, not dropped. */
export function lacksOfCollection(draft: Draft): Lack[] {
  const isFew = (n: number | null): n is number => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= MOST_PAPERS;
  const isCounted = ({ name, originals, copies }: Draft['papers'][number]): boolean =>
    name.trim() !== '' && isFew(originals) && isFew(copies) && originals + copies > 0;
  const lacks: [Lack, boolean][] = [
    ['items', draft.chosen.length === 0],
    ['papers', !draft.papers.length || !draft.papers.every(isCounted)],
    ['seal', !draft.seal.trim()],
    ['photo_or_note', !draft.photo && draft.note.trim().length < 5],
    ['signature_or_note', !isSigned(draft.strokes) && draft.note.trim().length < 5],
  ];
  return lacks.filter(([, missing]) => missing).map(([name]) => name);
}

/** What a failed attempt lacks. */
export function lacksOfFailure(draft: Draft, today: string): Lack[] {
  const needsDay = draft.action === 'redeliver';
  const lacks: [Lack, boolean][] = [
    ['items', draft.chosen.length === 0],
    ['reason', !draft.reason],
    ['action', !draft.action],
    ['day', needsDay && !isRedeliveryDay(draft.redeliveryOn, today)],
  ];
  return lacks.filter(([, missing]) => missing).map(([name]) => name);
}

export function isRedeliveryDay(day: string | null, today: string): boolean {
  return day !== null && day >= today && day <= addDays(today, REDELIVERY_DAYS);
}

/** The next actions that the server allows after a reason; none for one it does not know. */
export function actionsAfter(reason: string | null, choices: readonly components['schemas']['ReasonChoice'][]): Action[] {
  return (choices.find((choice) => choice.reason === reason)?.actions ?? []) as Action[];
}

/** The next days to offer for another attempt, Sundays left out: `count` local dates after today. */
export function nextDays(today: string, count: number): string[] {
  const days: string[] = [];
  for (let ahead = 1; days.length < count; ahead++) {
    const day = addDays(today, ahead);
    if (new Date(`${day}T12:00:00Z`).getUTCDay() !== 0) days.push(day);
  }
  return days;
}

/** Money collected for an item: what was typed, else what is due. */
export function amountOf(draft: Draft, item: Pick<VisitItem, 'id' | 'cod_vnd'>): number {
  return draft.amounts[item.id] ?? item.cod_vnd;
}
