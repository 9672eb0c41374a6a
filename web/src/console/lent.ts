import { addDays, shortDate } from '$lib/format';
import type { Loan } from './types';

/** Days in a row on which a courier works for one other office. */
export interface Lent {
  courierId: string;
  courierName: string;
  homeOfficeId: string;
  homeOfficeName: string;
  officeId: string;
  officeName: string;
  firstOn: string;
  lastOn: string;
}

/** Loans day by day as stretches of days in a row, by their first day. */
export function together(loans: readonly Loan[]): Lent[] {
  const found: Lent[] = [];
  for (const one of loans) {
    const before = found.find((lent) => lent.courierId === one.courier_id && lent.officeId === one.office_id && addDays(lent.lastOn, 1) === one.on);
    if (before) before.lastOn = one.on;
    else
      found.push({
        courierId: one.courier_id,
        courierName: one.courier_name,
        homeOfficeId: one.home_office_id,
        homeOfficeName: one.home_office_name,
        officeId: one.office_id,
        officeName: one.office_name,
        firstOn: one.on,
        lastOn: one.on,
      });
  }
  return found;
}

/** `23/11`, or `23/11–25/11`. */
export function span({ firstOn, lastOn }: Pick<Lent, 'firstOn' | 'lastOn'>): string {
  return firstOn === lastOn ? shortDate(firstOn) : `${shortDate(firstOn)}–${shortDate(lastOn)}`;
}
