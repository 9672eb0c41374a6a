import type { components } from '../../client/schema';
import { store } from '../store/schema';
import type { Stroke } from './ink';

type Schemas = components['schemas'];
export type Reason = Schemas['FailureReason'];
export type Action = Schemas['NextAction'];

/** Words of the server for who received: the addressee, or somebody the addressee has authorised. */
export type Relation = 'self' | 'agent';
export const IDENTITY_KINDS = ['citizen_card', 'passport', 'vneid', 'other'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** A form at the door as it is typed. Kept on the phone: opening the camera may cost a cheap phone the whole page. */
export interface Draft {
  chosen: string[];
  relation: Relation;
  agentName: string;
  identityKind: IdentityKind;
  last4: string;
  slips: number;
  /** Money really collected by item id, where it differs from what is due. */
  amounts: Record<string, number>;
  photo: ArrayBuffer | null;
  strokes: Stroke[];
  reason: Reason | null;
  action: Action | null;
  redeliveryOn: string | null;
  note: string;
  /** The written authorisation of the recipient was seen. */
  authorisation: boolean;
  otp: string;
  /** The checklist of a dossier that is fetched, and its seal; an emptied field is null. */
  papers: { name: string; originals: number | null; copies: number | null }[];
  seal: string;
}

export function emptyDraft(chosen: string[]): Draft {
  return {
    chosen,
    relation: 'self',
    agentName: '',
    identityKind: 'citizen_card',
    last4: '',
    slips: 0,
    amounts: {},
    photo: null,
    strokes: [],
    reason: null,
    action: null,
    redeliveryOn: null,
    note: '',
    authorisation: false,
    otp: '',
    papers: [{ name: '', originals: 1, copies: 0 }],
    seal: '',
  };
}

export async function loadDraft(id: string): Promise<Draft | null> {
  return ((await (await store()).get('drafts', id)) as Draft | undefined) ?? null;
}

export async function saveDraft(id: string, draft: Draft): Promise<void> {
  await (await store()).put('drafts', draft, id);
}
