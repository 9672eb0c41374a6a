import { version } from '../../../package.json';
import type { Visit, VisitItem } from '../day/visits';
import { UNDO_MS } from '../send/outbox';
import type { Label, ProofBody, ProofEntry, ProofFile } from '../store/schema';
import { amountOf } from './checks';
import type { Draft } from './draft';
import { isSigned, signaturePng } from './ink';
import { sha256 } from './sha256';
import { uuid7 } from './uuid7';

/** The instant and place of a capture, as the device knows them. */
export interface Moment {
  userId: string;
  /** Device time in ms; its error goes along as `offsetS`. */
  at: number;
  offsetS: number | null;
  /** The instant by the server's clock in ms, for the ids. */
  serverMs: number;
  place: { lon: number; lat: number; accuracyM: number; at: number } | null;
}

export interface Captured {
  entries: ProofEntry[];
  files: ProofFile[];
}

interface Picture {
  kind: 'photo' | 'signature';
  type: string;
  bytes: ArrayBuffer;
  sha256: string;
}

/** A delivery: one visit, one photo, one signature, and a proof of its own for each paper. */
export async function captureDelivery(visit: Visit, draft: Draft, moment: Moment): Promise<Captured> {
  const pictures = await picturesOf(draft, true);
  const chosen = visit.items.filter((item) => draft.chosen.includes(item.id));
  const who: Partial<ProofBody> = {
    recipient_name: draft.relation === 'self' ? visit.addressee.name : draft.agentName.trim(),
    relation: draft.relation,
    identity_kind: draft.last4 ? draft.identityKind : null,
    identity_last4: draft.last4 || null,
    authorisation: draft.relation === 'agent' ? draft.authorisation : null,
    otp: draft.otp || null,
  };
  const slips = slipsOf(chosen, draft.slips);
  return bind(visit, chosen, pictures, moment, (item, index) => ({
    ...base(item, draft, moment),
    ...who,
    outcome: 'delivered',
    papers_taken_back: slips[index] ?? 0,
    money_vnd: amountOf(draft, item),
  }));
}

/** A dossier fetched at home: what both counted, and the seal it was closed with before the citizen's eyes. */
export async function captureCollection(visit: Visit, draft: Draft, moment: Moment): Promise<Captured> {
  const pictures = await picturesOf(draft, true);
  const chosen = visit.items.filter((item) => draft.chosen.includes(item.id));
  return bind(visit, chosen, pictures, moment, (item) => ({
    ...base(item, draft, moment),
    outcome: 'collected',
    recipient_name: visit.addressee.name,
    relation: 'self',
    checklist: draft.papers.map(({ name, originals, copies }) => ({ name: name.trim(), originals: originals ?? 0, copies: copies ?? 0 })),
    seal: draft.seal.trim(),
    money_vnd: amountOf(draft, item),
  }));
}

/** Slips are counted for the household: one for each paper that must give one back, the rest on the first. */
function slipsOf(items: readonly VisitItem[], slips: number): number[] {
  let left = slips;
  const each = items.map((item) => (item.rule?.slip_back && left > 0 ? (left--, 1) : 0));
  return each.map((n, index) => (index === 0 ? n + left : n));
}

/** A failed attempt, for each paper that the courier brought. */
export async function captureFailure(visit: Visit, draft: Draft, moment: Moment): Promise<Captured> {
  const pictures = await picturesOf(draft, false);
  const chosen = visit.items.filter((item) => draft.chosen.includes(item.id));
  return bind(visit, chosen, pictures, moment, (item) => ({
    ...base(item, draft, moment),
    outcome: 'attempt_failed',
    reason: draft.reason,
    action: draft.action,
    redelivery_on: draft.action === 'redeliver' ? draft.redeliveryOn : null,
  }));
}

async function picturesOf(draft: Draft, withSignature: boolean): Promise<Picture[]> {
  const raw: Omit<Picture, 'sha256'>[] = [];
  if (draft.photo) raw.push({ kind: 'photo', type: 'image/jpeg', bytes: draft.photo });
  if (withSignature && isSigned(draft.strokes)) raw.push({ kind: 'signature', type: 'image/png', bytes: await signaturePng(draft.strokes) });
  return Promise.all(raw.map(async (one) => ({ ...one, sha256: await sha256(one.bytes) })));
}

function base(item: VisitItem, draft: Draft, { at, offsetS, place }: Moment): Omit<ProofBody, 'outcome'> {
  return {
    item_id: item.id,
    occurred_at: new Date(at).toISOString(),
    clock_offset_s: offsetS,
    app_version: `courier ${version}`,
    note: draft.note.trim() || null,
    papers_taken_back: 0,
    money_vnd: 0,
    checklist: [],
    ...(place && {
      point: [place.lon, place.lat],
      accuracy_m: place.accuracyM,
      position_age_s: Math.max(0, (at - place.at) / 1000),
    }),
  };
}

/** Makes each paper's proof with an id of its own and binds the pictures to it, here and now. */
function bind(
  visit: Visit,
  items: VisitItem[],
  pictures: Picture[],
  moment: Moment,
  bodyOf: (item: VisitItem, index: number) => ProofBody,
): Captured {
  const files: ProofFile[] = [];
  const claims = pictures.map(({ sha256, kind, bytes }) => ({ sha256, kind, bytes_count: bytes.byteLength }));
  const entries = items.map((item, index): ProofEntry => {
    const id = uuid7(moment.serverMs);
    for (const { sha256, type, bytes } of pictures) files.push({ proofId: id, sha256, type, bytes });
    return {
      kind: 'proof',
      id,
      userId: moment.userId,
      madeAt: moment.at,
      label: labelOf(visit, item),
      itemIds: [item.id],
      state: 'waiting',
      tries: 0,
      notBefore: moment.at + UNDO_MS,
      problem: null,
      body: { ...bodyOf(item, index), files: claims },
    };
  });
  return { entries, files };
}

function labelOf(visit: Visit, item: VisitItem): Label {
  return { code: item.item_code, name: visit.addressee.name, address: visit.address };
}
