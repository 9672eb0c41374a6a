import { agency as en } from './en/agency';
import { shared as enShared } from './en/shared';
import { agency as vi } from './vi/agency';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What the agency's pages say. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
