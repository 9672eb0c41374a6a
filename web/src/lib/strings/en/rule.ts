import type { rule as vi } from '../vi/rule';
import type { SameKeys } from '../words';

export const rule: SameKeys<typeof vi> = {
  'rule': 'How this office plans',
  'rule.policy': 'Which items go on a day',
  'rule.policy.all': 'Everything',
  'rule.policy_why.all': 'Whatever is ready goes at once. Quickest, and most riding.',
  'rule.policy.thrifty': 'Keep what is dear',
  'rule.policy_why.thrifty': 'A stop that costs much riding today and is not due yet waits for another day, by a fixed rule.',
  'rule.policy.horizon': 'Choose the day',
  'rule.policy_why.horizon':
    'The planner looks at what usually comes in the next days and lets an item go when somebody rides there anyway. Nothing becomes overdue by waiting.',
  'rule.day_value': 'What one day earlier is worth',
  'rule.day_value_unit': 'seconds of work per item',
  'rule.day_value_why':
    'The larger, the sooner and the more riding. Tried on a rural model office: usual is 8.7 minutes of work per item and 1.0 day of waiting; soonest 9.7 minutes and 0.4 days; everything every day 11.4 minutes.',
  'rule.cheapest': 'Cheapest',
  'rule.usual': 'Usual',
  'rule.sooner': 'Sooner',
  'rule.soonest': 'Soonest',
  'rule.familiarity': 'Keep stops with couriers who know the place',
  'rule.familiarity_unit': 'seconds of work per strange stop',
  'rule.familiarity_why':
    'The price of a stop in hands that have never been there; who was near it three times pays nothing. 120 means that up to two minutes more riding are taken for a stop in familiar hands.',
  'rule.anyone': 'Anyone',
  'rule.rather': 'Preferably',
  'rule.firmly': 'Firmly',
  'rule.wrong': 'A whole number from 0 to {most}.',
  'rule.from': 'Holds from the next plan on, the automatic one too; plans that are made stay as they are.',
  'rule.read_only': 'Dispatchers and administrators may change it.',
  'rule.save': 'Save',
  'rule.saved': 'The way of planning is saved.',
  'rule.taken_back': 'The way of planning is as before again.',
};
