import { shared as enShared } from './en/shared';
import { sources as en } from './en/sources';
import { shared as viShared } from './vi/shared';
import { sources as vi } from './vi/sources';
import { words } from './words';

/** What is said of published lists, to the agency and to managers. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
