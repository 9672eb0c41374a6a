import { shared as enShared } from './en/shared';
import { register as en } from './en/register';
import { shared as viShared } from './vi/shared';
import { register as vi } from './vi/register';
import { words } from './words';

/** What is said while a register list is handed in. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
