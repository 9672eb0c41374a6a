import { agency } from './vi/agency';
import { channels } from './vi/channels';
import { closures } from './vi/closures';
import { console } from './vi/console';
import { courier } from './vi/courier';
import { couriers } from './vi/couriers';
import { custody } from './vi/custody';
import { deeds } from './vi/deeds';
import { doors } from './vi/doors';
import { endpoints } from './vi/endpoints';
import { loans } from './vi/loans';
import { messages } from './vi/messages';
import { money } from './vi/money';
import { phones } from './vi/phones';
import { pin } from './vi/pin';
import { procedures } from './vi/procedures';
import { edits } from './vi/edits';
import { questions } from './vi/questions';
import { register } from './vi/register';
import { reports } from './vi/reports';
import { rule } from './vi/rule';
import { shared } from './vi/shared';
import { sources } from './vi/sources';

/** The whole Vietnamese catalogue by area; each page loads only its own part. */
export const vi = { shared, agency, channels, console, closures, custody, deeds, doors, edits, endpoints, courier, couriers, loans, messages, money, phones, pin, procedures, questions, register, reports, rule, sources };
