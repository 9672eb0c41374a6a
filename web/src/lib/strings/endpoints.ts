import { endpoints as en } from './en/endpoints';
import { shared as enShared } from './en/shared';
import { endpoints as vi } from './vi/endpoints';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What is said of the addresses at which an agency is told. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
