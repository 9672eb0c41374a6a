import { agency } from './en/agency';
import { channels } from './en/channels';
import { closures } from './en/closures';
import { console } from './en/console';
import { courier } from './en/courier';
import { couriers } from './en/couriers';
import { custody } from './en/custody';
import { deeds } from './en/deeds';
import { doors } from './en/doors';
import { endpoints } from './en/endpoints';
import { loans } from './en/loans';
import { messages } from './en/messages';
import { money } from './en/money';
import { phones } from './en/phones';
import { pin } from './en/pin';
import { procedures } from './en/procedures';
import { edits } from './en/edits';
import { questions } from './en/questions';
import { register } from './en/register';
import { reports } from './en/reports';
import { rule } from './en/rule';
import { shared } from './en/shared';
import { sources } from './en/sources';
import type { vi } from './vi';
import type { SameKeys } from './words';

/** The whole English catalogue; an area or key that is missing here does not compile. */
export const en: { [Area in keyof typeof vi]: SameKeys<(typeof vi)[Area]> } = { shared, agency, channels, console, closures, custody, deeds, doors, edits, endpoints, courier, couriers, loans, messages, money, phones, pin, procedures, questions, register, reports, rule, sources };
