import { openStore, type CourierDb, type Entry, type HandoverEntry, type Item, type ProofEntry, type ProofFile, type Stop, type Today } from './store/schema';
import { uuid7 } from './door/uuid7';

/** Parts of the tests of the phone: made-up papers, doors and entries, and a store of one's own. */
let serial = 0;

export function freshStore(): Promise<CourierDb> {
  return openStore(`test-${++serial}`);
}

export function item(changes: Partial<Item> = {}): Item {
  const number = ++serial;
  return {
    id: `item-${number}`,
    item_code: `RA${String(number).padStart(9, '0')}VN`,
    tracking_code: 'T',
    office_id: 'office',
    agency_id: 'agency',
    procedure: 'Cấp giấy chứng nhận',
    status: 'out',
    attempts: 0,
    address: '12 Lê Lợi',
    commune_code: '26740',
    commune_name: 'Phường Sài Gòn',
    point: [106.7, 10.77],
    error_m: 20,
    point_source: 'given',
    addressee: { name: 'Nguyễn Thị Bích Ngọc', phone: '0912345678' },
    due_on: '2026-11-20',
    ready_at: '2026-11-19T01:00:00Z',
    not_before_on: null,
    weight_g: 50,
    papers: 1,
    cod_vnd: 0,
    in_person: false,
    recalled_at: null,
    window: null,
    dossier_codes: ['H29.16-261101-0001'],
    plan_id: 'plan',
    courier_id: 'courier',
    holder_courier_id: 'courier',
    event_seq: 3,
    overdue: false,
    leg: 'return',
    to_office_id: null,
    bagged_at: null,
    invitations: 0,
    invited_on: null,
    ...changes,
  };
}

export function stop(items: Item[], changes: Partial<Stop> = {}): Stop {
  const number = ++serial;
  return {
    seq: number,
    visit_id: `visit-${number}`,
    round: 0,
    point: [106.7, 10.77],
    error_m: 20,
    address: '12 Lê Lợi',
    commune_name: 'Phường Sài Gòn',
    addressee: { name: 'Nguyễn Thị Bích Ngọc', phone: '0912345678' },
    window: null,
    arrival_at: '2026-11-20T01:00:00Z',
    departure_at: '2026-11-20T01:05:00Z',
    door_note: null,
    items,
    ...changes,
  };
}

export function todayOf(stops: Stop[], changes: Partial<Today> = {}): Today {
  return {
    day: '2026-11-20',
    plan_id: 'plan',
    version: 1,
    courier_id: 'courier',
    courier_name: 'Trần Văn An',
    office_id: 'office',
    office_name: 'Bưu cục Sài Gòn',
    office_point: [106.7, 10.78],
    stops,
    line: [],
    carried: [],
    distance_m: 6000,
    finish_at: null,
    reasons: [],
    rules: {},
    ...changes,
  };
}

const waiting = { userId: 'me', label: { code: 'RA', name: 'N', address: '12 Lê Lợi' }, state: 'waiting', tries: 0, notBefore: 0, problem: null } as const;

/** A proof with files of given hashes, and the files themselves. */
export function proof(itemId: string, hashes: string[] = [], changes: Partial<ProofEntry> = {}): { entry: ProofEntry; files: ProofFile[] } {
  const id = uuid7();
  const claims = hashes.map((sha256) => ({ sha256, kind: 'photo' as const, bytes_count: 3 }));
  const body = { item_id: itemId, outcome: 'delivered' as const, occurred_at: '2026-11-20T01:00:00Z', money_vnd: 0, papers_taken_back: 0, files: claims, checklist: [] };
  const entry: ProofEntry = { ...waiting, kind: 'proof', id, madeAt: ++serial, itemIds: [itemId], body, ...changes };
  return { entry, files: hashes.map((sha256) => ({ proofId: id, sha256, type: 'image/jpeg', bytes: new Uint8Array([1, 2, 3]).buffer })) };
}

export function failure(itemId: string): ProofEntry {
  const { entry } = proof(itemId);
  return { ...entry, body: { ...entry.body, outcome: 'attempt_failed', reason: 'absent', action: 'hold' } };
}

export function handover(kind: HandoverEntry['kind'], itemIds: string[], changes: Partial<HandoverEntry> = {}): Entry {
  return { ...waiting, kind, id: uuid7(), madeAt: ++serial, itemIds, codes: itemIds, body: { item_ids: itemIds, counted: itemIds.length }, ...changes };
}
