import { courier as enCourier } from './en/courier';
import { pin as en } from './en/pin';
import { courier as viCourier } from './vi/courier';
import { pin as vi } from './vi/pin';
import { words } from './words';

/** What the courier's screen of a wrong pin says. */
export const say = words({ ...viCourier, ...vi }, { ...enCourier, ...en });
