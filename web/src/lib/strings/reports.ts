import { reports as en } from './en/reports';
import { shared as enShared } from './en/shared';
import { reports as vi } from './vi/reports';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What the reports say. */
export const say = words({ ...viShared, ...vi }, { ...enShared, ...en });
