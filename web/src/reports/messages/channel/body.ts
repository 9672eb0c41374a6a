import { fitsRows, isObject, objectOf, rowsOf, type Json, type Row } from './rows';

/** What is sent to a provider, as it is being written: as lines, or as JSON where it has numbers or parts within parts. */
export interface BodyDraft {
  asJson: boolean;
  rows: Row[];
  text: string;
}

const written = (body: unknown): string => JSON.stringify(body, null, 2);

function read(text: string): Json | null {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : null;
  } catch {
    return null;
  }
}

export function bodyDraft(body: unknown): BodyDraft {
  if (isObject(body) && fitsRows(body)) return { asJson: false, rows: rowsOf(body), text: '' };
  return { asJson: true, rows: [], text: written(body) };
}

/** What would be sent; `null` while it cannot be read. */
export function bodyOf(draft: BodyDraft): Json | null {
  return draft.asJson ? read(draft.text) : objectOf(draft.rows);
}

/** The same written the other way; `null` where something of it would be lost. */
export function turned(draft: BodyDraft): BodyDraft | null {
  const body = bodyOf(draft);
  if (!body) return null;
  if (!draft.asJson) return { asJson: true, rows: [], text: written(body) };
  return fitsRows(body) ? bodyDraft(body) : null;
}
