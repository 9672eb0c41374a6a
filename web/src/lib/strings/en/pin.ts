import type { pin as vi } from '../vi/pin';
import type { SameKeys } from '../words';

export const pin: SameKeys<typeof vi> = {
  'pin.title': 'Door: {name}',
  'pin.standing': 'I am standing at the door',
  'pin.looking': 'Finding the place…',
  'pin.refused': 'The browser gives no location. Allow it in the settings, or move the pin on the map.',
  'pin.here': 'The phone knows this place, ±{accuracy}',
  'pin.inexact': 'The place is ±{accuracy}, ±{limit} is needed. Go outside and wait some seconds, or move the pin on the map.',
  'pin.old': 'This place is old. Wait some seconds for a new one.',
  'pin.away': '{distance} from the old pin',
  'pin.set_here': 'Put the pin where I stand',
  'pin.map': 'Or move the pin on the map',
  'pin.map_how': 'Tap the map or drag the amber pin to the door.',
  'pin.set_there': 'Put the pin there',
  'pin.unmoved': 'Move the pin first.',
  'pin.marker': 'Pin of the door',
  'pin.saved': 'Pin kept on the phone: {name}',
  'pin.failed': 'Could not be kept on the phone ({error}). Try again.',
};
