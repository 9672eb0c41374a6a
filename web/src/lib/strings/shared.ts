import { shared as en } from './en/shared';
import { shared as vi } from './vi/shared';
import { words } from './words';

/** What the shared components say. */
export const say = words(vi, en);
