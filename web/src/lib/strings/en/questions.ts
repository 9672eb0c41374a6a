import type { questions as vi } from '../vi/questions';
import type { SameKeys } from '../words';

export const questions: SameKeys<typeof vi> = {
  'order': 'Why this order',
  'order.how': 'Between two stops: what the day would cost more if they changed places. Above zero: this order is cheaper.',
  'order.turned': 'Changing {one} and {other}:',
  'order.never': '{one} and {other} cannot change:',
  'crew': 'What if there were one courier more or fewer',
  'crew.one_more': 'One more',
  'crew.one_fewer': 'One fewer',
  'crew.who': 'Who stays away',
  'crew.least_busy': 'The least busy',
  'crew.ask': 'Try it',
  'crew.stop': 'Stop',
  'crew.asking': 'Trying the rest of the day,',
  'crew.with_more': 'With one courier more:',
  'crew.without': 'Without {name}:',
  'crew.visits': 'Stops served',
  'crew.required_left': 'Stops due today left behind',
  'crew.travel': 'Riding time',
  'crew.against': 'Against the best plan of the crew as it is. Nothing has changed.',
  'crew.anew': 'Planning again with the crew as it is, alone: {time}.',
};
