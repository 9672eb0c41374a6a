import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import type { CodedProblem } from '$lib/api/problem';
import type { components } from '../../client/schema';

type Schemas = components['schemas'];
export type Today = Schemas['TodayOut'];
export type Stop = Schemas['CourierStop'];
export type Item = Schemas['ItemOut'];
export type ProofBody = Schemas['ProofIn'];
export type Rule = Schemas['RuleOut'];
export type DoorBody = Schemas['DoorIn'];
export type Fix = Schemas['FixIn'];

/** What an entry says of itself on the screen, so that the list of what waits needs nothing else. */
export interface Label {
  code: string;
  name: string;
  address: string;
}

interface Waiting {
  /** UUIDv7 made on the phone; entries are sent in its order. */
  id: string;
  userId: string;
  /** Device time in ms of the capture. */
  madeAt: number;
  label: Label;
  itemIds: string[];
  /** `review`: refused for good; kept until a person has looked at it and tries again. */
  state: 'waiting' | 'review';
  tries: number;
  /** Not before this device time in ms. */
  notBefore: number;
  problem: { status: number; problems: CodedProblem[] } | null;
}

export interface ProofEntry extends Waiting {
  kind: 'proof';
  body: ProofBody;
}

export interface HandoverEntry extends Waiting {
  kind: 'load' | 'unload';
  /** Codes of the items, in the order of `itemIds`. */
  codes: string[];
  body: { item_ids: string[]; counted: number };
}

/** The pin is wrong: where the door is, by the phone's own place or put on the map. */
export interface DoorEntry extends Waiting {
  kind: 'door';
  body: DoorBody;
}

/** Papers that the courier asks a colleague to take over. */
export interface TransferEntry extends Waiting {
  kind: 'transfer';
  body: Schemas['TransferIn'];
}

export type Entry = ProofEntry | HandoverEntry | DoorEntry | TransferEntry;

/** One file of one proof: bound to it at capture and never moved. */
export interface ProofFile {
  proofId: string;
  sha256: string;
  type: string;
  bytes: ArrayBuffer;
}

/** What is kept of an entry after the server's receipt. */
export interface Receipt {
  id: string;
  userId: string;
  kind: Entry['kind'];
  madeAt: number;
  /** Device time in ms at which the receipt came. */
  receivedAt: number;
  itemIds: string[];
  outcome: ProofBody['outcome'] | null;
  /** The item's code; no name and no address once the office knows. */
  code: string;
  recordedAt: string;
  eventHash: string | null;
}

export interface StoredFix {
  userId: string;
  fix: Fix;
}

interface CourierSchema extends DBSchema {
  kept: { key: string; value: unknown };
  outbox: { key: string; value: Entry };
  files: { key: [string, string]; value: ProofFile; indexes: { proof: string } };
  receipts: { key: string; value: Receipt };
  drafts: { key: string; value: unknown };
  fixes: { key: number; value: StoredFix; indexes: { user: string } };
}

export type CourierDb = IDBPDatabase<CourierSchema>;
/** A transaction that may write to all its stores. */
export type Change = IDBPTransaction<CourierSchema, StoreNames<CourierSchema>[], 'readwrite'>;

/** The phone's own store. It survives reloads and restarts; nothing in it is thrown away by an update. */
export function openStore(name = 'buuta-courier'): Promise<CourierDb> {
  return openDB<CourierSchema>(name, 1, {
    upgrade(db) {
      db.createObjectStore('kept');
      db.createObjectStore('outbox', { keyPath: 'id' });
      db.createObjectStore('files', { keyPath: ['proofId', 'sha256'] }).createIndex('proof', 'proofId');
      db.createObjectStore('receipts', { keyPath: 'id' });
      db.createObjectStore('drafts');
      db.createObjectStore('fixes', { autoIncrement: true }).createIndex('user', 'userId');
    },
    // A newer page waits for this one to let go, rather than both hanging.
    blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
  });
}

let opened: Promise<CourierDb> | null = null;

/** The one store of this page. */
export function store(): Promise<CourierDb> {
  opened ??= openStore();
  return opened;
}
