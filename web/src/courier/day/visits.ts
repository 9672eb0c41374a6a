import type { Entry, Item, ProofBody, Receipt, Rule, Stop, Today } from '../store/schema';

/** The day as it was asked for; `askedAt` is device time in ms. */
export interface KeptDay {
  today: Today;
  askedAt: number;
}

/** What this phone knows of an item beyond the server's last answer. */
export type Delivery = 'unsent' | 'review' | 'sent';

export interface VisitItem extends Item {
  /** Where the paper is: at the office, with the courier, or dealt with at the door. */
  stage: 'to_load' | 'to_visit' | 'done';
  /** How it ended at the door as this phone recorded it; `null` when the server says it. */
  outcome: ProofBody['outcome'] | null;
  delivery: Delivery;
  /** What the procedure asks of the door; `null` when the phone does not know. */
  rule: Rule | null;
}

/** One door with all papers for its household. */
export interface Visit extends Omit<Stop, 'items'> {
  items: VisitItem[];
  done: boolean;
  /** Money to collect for what is not dealt with yet, VND. */
  codVnd: number;
  inPerson: boolean;
}

export interface Day {
  visits: Visit[];
  next: Visit | null;
  /** Planned papers that are still at the office. */
  toLoad: VisitItem[];
  /** Papers in the courier's hands, dealt with at the door or not, to be brought back if not delivered. */
  carried: VisitItem[];
  doneCount: number;
}

type Pin = Pick<Stop, 'point' | 'error_m'>;

/** Radius of a pin that a person has set, as the server gives it. */
const CORRECTED_ERROR_M = 25;
const OPEN = new Set(['planned', 'out']);
/** Planned as a stop without a seat in a round: carried from another day. */
export const NO_ROUND = -1;

/** Lays what was done on this phone over the server's answer: the newest word on each item counts. */
export class Overlay {
  private readonly doors = new Map<string, Entry | Receipt>();
  private readonly loads = new Map<string, Entry | Receipt>();
  private readonly pins = new Map<string, Pin>();

  constructor(entries: readonly Entry[], receipts: readonly Receipt[], askedAt: number) {
    // An answer that was asked for after the receipt came holds its effect already.
    const told = receipts.filter((receipt) => receipt.receivedAt >= askedAt);
    for (const one of [...told, ...entries].sort((a, b) => a.madeAt - b.madeAt)) {
      if (one.kind === 'transfer') continue;
      if (one.kind === 'door') this.movePin(one);
      else for (const id of one.itemIds) (one.kind === 'proof' ? this.doors : this.loads).set(id, one);
    }
  }

  item(item: Item, rule: Rule | null): VisitItem {
    const door = this.doors.get(item.id);
    const load = this.loads.get(item.id);
    const open = OPEN.has(item.status) && !door;
    // Nothing of a dossier to be fetched lies at the office.
    const loaded = item.leg === 'collect' ? true : load ? load.kind === 'load' && !refused(load) : item.status === 'out';
    return {
      ...item,
      stage: !open ? 'done' : loaded ? 'to_visit' : 'to_load',
      outcome: door ? outcomeOf(door) : null,
      rule,
      delivery: door && 'state' in door ? (refused(door) ? 'review' : 'unsent') : 'sent',
    };
  }

  /** Where the courier has put the pin of a door, while the server does not know. */
  pin(items: readonly Item[]): Pin | null {
    return items.map((item) => this.pins.get(item.id)).find((pin) => pin !== undefined) ?? null;
  }

  private movePin(one: Entry | Receipt): void {
    if (!('body' in one) || one.kind !== 'door' || one.state === 'review') return;
    const pin = { point: one.body.point, error_m: Math.max(CORRECTED_ERROR_M, Math.ceil(one.body.accuracy_m ?? 0)) };
    for (const id of one.itemIds) this.pins.set(id, pin);
  }

  /** Whether the courier handed it back, as far as this phone knows. */
  isHandedBack(item: Item): boolean {
    const load = this.loads.get(item.id);
    return load?.kind === 'unload' && !refused(load);
  }
}

function refused(one: Entry | Receipt): boolean {
  return 'state' in one && one.state === 'review';
}

function outcomeOf(one: Entry | Receipt): VisitItem['outcome'] {
  if (one.kind !== 'proof') return null;
  return 'body' in one ? one.body.outcome : one.outcome;
}

/** The day as the courier works it: stops in order, then what is carried without a stop. */
export function dayOf({ today, askedAt }: KeptDay, entries: readonly Entry[], receipts: readonly Receipt[]): Day {
  const overlay = new Overlay(entries, receipts, askedAt);
  const stops = [...today.stops, ...extraStops(today)].filter((stop) => stop.items.length > 0);
  const visits = stops.map((stop) => visitOf(stop, overlay, today));
  const inStops = new Map(visits.flatMap((visit) => visit.items).map((item) => [item.id, item]));
  const isCarried = (item: VisitItem): boolean => (item.leg !== 'collect' || isCollected(item)) && item.outcome !== 'delivered' && item.status !== 'delivered' && !overlay.isHandedBack(item);
  const held = new Set(today.carried.map((item) => item.id));
  return {
    visits,
    next: visits.find((visit) => !visit.done) ?? null,
    toLoad: [...inStops.values()].filter((item) => item.stage === 'to_load'),
    carried: [...inStops.values()].filter((item) => (held.has(item.id) || item.stage === 'to_visit' || isCollected(item)) && isCarried(item)),
    doneCount: visits.filter((visit) => visit.done).length,
  };
}

function isCollected(item: VisitItem): boolean {
  return item.outcome === 'collected' || item.status === 'collected';
}

function visitOf(stop: Stop, overlay: Overlay, today: Today): Visit {
  // A day that was kept before the phone knew of rules has none.
  const rules: Record<string, Rule> | undefined = today.rules;
  const items = stop.items.map((item) => overlay.item(item, rules?.[item.id] ?? null));
  const open = items.filter((item) => item.stage !== 'done');
  return {
    ...stop,
    ...overlay.pin(stop.items),
    items,
    done: open.length === 0,
    codVnd: open.reduce((sum, item) => sum + item.cod_vnd, 0),
    inPerson: open.some((item) => item.in_person || item.rule?.in_person),
  };
}

/** Papers that the courier still holds although no stop of today names them, one door for each household at an address. */
function extraStops(today: Today): Stop[] {
  const known = new Set(today.stops.flatMap((stop) => stop.items).map((item) => item.id));
  const groups = new Map<string, Item[]>();
  for (const item of today.carried.filter((one) => !known.has(one.id))) {
    const key = `${item.addressee.phone}/${item.address}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map((items, index) => extraStop(today, items, index));
}

function extraStop(today: Today, items: Item[], index: number): Stop {
  const first = items[0] as Item;
  return {
    seq: today.stops.length + index + 1,
    visit_id: `carried-${first.id}`,
    round: NO_ROUND,
    point: first.point ?? today.office_point,
    error_m: first.error_m,
    address: first.address,
    commune_name: first.commune_name,
    addressee: first.addressee,
    window: first.window,
    arrival_at: '',
    departure_at: '',
    door_note: null,
    items,
  };
}

/** Whether the door may lie far from the point on the map, so that the courier should ask rather than search. */
export const LARGE_ERROR_M = 150;
