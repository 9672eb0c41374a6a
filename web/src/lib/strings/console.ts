import { console as en } from './en/console';
import { shared as enShared } from './en/shared';
import { console as vi } from './vi/console';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What the dispatcher's console says. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
