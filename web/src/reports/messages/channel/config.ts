import type { Channel } from '../types';
import { KINDS } from '../figures';
import { bodyDraft, bodyOf, type BodyDraft } from './body';
import { isObject, objectOf, rowsOf, type Json, type Row } from './rows';

export const SECURITIES = ['starttls', 'tls', 'none'] as const;
export const BODY_FORMS = ['json', 'form'] as const;
export const REACHED = ['phone', 'email'] as const;
export const PHONE_FORMS = ['0', '84', '+84'] as const;
/** What a body may hold in braces; docs/notifications.md tells each. */
export const PLACEHOLDERS = [
  'address', 'text', 'subject', 'message_id', 'kind', 'secret', 'template',
  'dossiers', 'when', 'money', 'next', 'at', 'office', 'track', 'stop',
] as const;

type Security = (typeof SECURITIES)[number];
type BodyForm = (typeof BODY_FORMS)[number];
type Reached = (typeof REACHED)[number];
type PhoneForm = (typeof PHONE_FORMS)[number];

export interface SmtpDraft {
  host: string;
  port: string;
  security: Security;
  sender: string;
  user: string;
  ca: string;
}

export interface HttpDraft {
  url: string;
  to: Reached;
  phone_form: PhoneForm;
  body_form: BodyForm;
  headers: Row[];
  body: BodyDraft;
  /** By kind of message. */
  templates: Record<string, string>;
  field: string;
  /** One in each line: a provider's answer may hold commas. */
  values: string;
  again: string;
  knows_repetitions: boolean;
}

/** A place in braces, as it is written into a body. */
export const braced = (name: string): string => `{${name}}`;

const START = { phone: braced('address'), text: braced('text'), id: braced('message_id') };
const DEFAULTS = { smtp: { port: 587 }, http: { body: START } };
const SMTP_FIELDS = ['host', 'port', 'security', 'sender', 'user', 'ca'];
const HTTP_FIELDS = ['url', 'to', 'phone_form', 'body_form', 'headers', 'body', 'templates', 'success', 'knows_repetitions'];
export const FIELDS = { smtp: SMTP_FIELDS, http: HTTP_FIELDS };

const wordOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const partOf = (value: unknown): Json => (isObject(value) ? value : {});
const oneOf = <T extends string>(known: readonly [T, ...T[]], value: unknown): T => known.find((one) => one === value) ?? known[0];
const linesOf = (value: unknown): string => (Array.isArray(value) ? value : value ? [value] : []).map(wordOf).join('\n');
const listOf = (lines: string): string[] => lines.split('\n').map((line) => line.trim()).filter(Boolean);
const kept = (values: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(values).filter(([, value]) => value));
/** An entry of an object; nothing where it would be empty. */
const unlessEmpty = (name: string, value: object): Json => (Object.keys(value).length ? { [name]: value } : {});

/** What a channel of the kind is set to; a channel that is new, or of the other kind so far, begins with what is usual. */
function given(channel: Channel | undefined, kind: 'smtp' | 'http'): Json {
  return channel?.kind === kind ? channel.config : DEFAULTS[kind];
}

/** What of a channel's settings no field shows: it stays as it is. */
export function restOf(channel: Channel | undefined, kind: 'smtp' | 'http'): Json {
  return Object.fromEntries(Object.entries(given(channel, kind)).filter(([name]) => !FIELDS[kind].includes(name)));
}

export function smtpDraft(channel: Channel | undefined): SmtpDraft {
  const config = given(channel, 'smtp');
  return {
    host: wordOf(config['host']),
    port: wordOf(config['port']),
    security: oneOf(SECURITIES, config['security']),
    sender: wordOf(config['sender']),
    user: wordOf(config['user']),
    ca: wordOf(config['ca']),
  };
}

export function smtpConfig({ host, port, security, sender, user, ca }: SmtpDraft): Json {
  return {
    host: host.trim(),
    // What is no number the server refuses, with its sentence.
    port: /^\s*\d+\s*$/.test(port) ? Number(port) : null,
    security,
    sender: sender.trim(),
    ...kept({ user: user.trim(), ca: ca.trim() && ca }),
  };
}

export function httpDraft(channel: Channel | undefined): HttpDraft {
  const config = given(channel, 'http');
  const [success, templates] = [partOf(config['success']), partOf(config['templates'])];
  return {
    url: wordOf(config['url']),
    to: oneOf(REACHED, config['to']),
    phone_form: oneOf(PHONE_FORMS, config['phone_form']),
    body_form: oneOf(BODY_FORMS, config['body_form']),
    headers: rowsOf(partOf(config['headers'])),
    body: bodyDraft(config['body']),
    templates: Object.fromEntries([...KINDS, ...Object.keys(templates)].map((kind) => [kind, wordOf(templates[kind])])),
    field: wordOf(success['field']),
    values: linesOf(success['values']),
    again: linesOf(success['again']),
    knows_repetitions: Boolean(config['knows_repetitions']),
  };
}

/** What would be saved; `null` while headers or body cannot be read. */
export function httpConfig(draft: HttpDraft): Json | null {
  const [headers, body] = [objectOf(draft.headers), bodyOf(draft.body)];
  if (!headers || !body) return null;
  const field = draft.field.trim();
  const [values, again] = [listOf(draft.values), listOf(draft.again)];
  const success = { ...(field ? { field } : {}), ...(values.length ? { values } : {}), ...(again.length ? { again } : {}) };
  return {
    url: draft.url.trim(),
    to: draft.to,
    phone_form: draft.phone_form,
    body_form: draft.body_form,
    body,
    ...unlessEmpty('headers', headers),
    ...unlessEmpty('templates', kept(draft.templates)),
    ...unlessEmpty('success', success),
    ...(draft.knows_repetitions ? { knows_repetitions: true } : {}),
  };
}
