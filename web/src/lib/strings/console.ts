import { closures as enClosures } from './en/closures';
import { console as en } from './en/console';
import { couriers as enCouriers } from './en/couriers';
import { custody as enCustody } from './en/custody';
import { deeds as enDeeds } from './en/deeds';
import { doors as enDoors } from './en/doors';
import { edits as enEdits } from './en/edits';
import { loans as enLoans } from './en/loans';
import { money as enMoney } from './en/money';
import { phones as enPhones } from './en/phones';
import { procedures as enProcedures } from './en/procedures';
import { questions as enQuestions } from './en/questions';
import { rule as enRule } from './en/rule';
import { shared as enShared } from './en/shared';
import { closures as viClosures } from './vi/closures';
import { console as vi } from './vi/console';
import { couriers as viCouriers } from './vi/couriers';
import { custody as viCustody } from './vi/custody';
import { deeds as viDeeds } from './vi/deeds';
import { doors as viDoors } from './vi/doors';
import { edits as viEdits } from './vi/edits';
import { loans as viLoans } from './vi/loans';
import { money as viMoney } from './vi/money';
import { phones as viPhones } from './vi/phones';
import { procedures as viProcedures } from './vi/procedures';
import { questions as viQuestions } from './vi/questions';
import { rule as viRule } from './vi/rule';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What the dispatcher's console says. */
export const say = words(
  { ...viShared, ...vi, ...viClosures, ...viCouriers, ...viCustody, ...viDeeds, ...viDoors, ...viEdits, ...viLoans, ...viMoney, ...viPhones, ...viProcedures, ...viQuestions, ...viRule },
  { ...enShared, ...en, ...enClosures, ...enCouriers, ...enCustody, ...enDeeds, ...enDoors, ...enEdits, ...enLoans, ...enMoney, ...enPhones, ...enProcedures, ...enQuestions, ...enRule },
);
