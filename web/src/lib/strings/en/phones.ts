import type { phones as vi } from '../vi/phones';
import type { SameKeys } from '../words';

export const phones: SameKeys<typeof vi> = {
  'phones': 'Phones',
  'phones.of': 'Phones of {name}',
  'phones.lead': 'A phone with the Traccar Client, or another program that speaks OsmAnd, sends positions with a key of its own. Revoke the key of a phone that is lost.',
  'phones.none': 'No phone yet',
  'phones.none_next': 'Name the phone and make its key.',
  'phones.label': 'Name of the phone',
  'phones.add': 'Make a key',
  'phones.key': 'The key of {label} is shown this one time: type it into the phone now.',
  'phones.identifier': 'Device identifier',
  'phones.server': 'Server URL',
  'phones.made_at': 'made {at}',
  'phones.seen': 'last heard {at}',
  'phones.never': 'never heard',
  'phones.revoked': 'revoked {at}',
  'phones.revoke': 'Revoke',
  'phones.revoke_of': 'Revoke the key of {label}',
  'phones.sure': 'Press again to revoke',
  'phones.revoked_toast': 'The key of {label} is revoked.',
};
