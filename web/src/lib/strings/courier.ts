import { courier as en } from './en/courier';
import { shared as enShared } from './en/shared';
import { courier as vi } from './vi/courier';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What the courier's phone says. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
