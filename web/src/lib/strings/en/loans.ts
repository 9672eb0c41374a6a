import type { loans as vi } from '../vi/loans';
import type { SameKeys } from '../words';

export const loans: SameKeys<typeof vi> = {
  'loans': 'Couriers lent and borrowed',
  'loans.lead': 'On these days the courier rides and hands papers over for the office that has him; its plans count on him.',
  'loans.none': 'From today on nobody is lent or borrowed.',
  'loans.away': 'to {office}',
  'loans.here': 'from {office}',
  'loans.lend': 'Lend a courier',
  'loans.courier': 'Courier',
  'loans.office': 'Office that has him',
  'loans.days': 'Days',
  'loans.first_on': 'From',
  'loans.last_on': 'Until the end of',
  'loans.save': 'Lend',
  'loans.lent': '{name} is lent to {office}: {days}.',
  'loans.have_back': 'Have back',
  'loans.have_back_of': 'Have back {name} ({days})',
  'loans.give_back': 'Give back',
  'loans.give_back_of': 'Give back {name} ({days})',
  'loans.ended': '{name} works for the own office again: {days}.',
};
