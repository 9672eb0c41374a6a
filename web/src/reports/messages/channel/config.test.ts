import { describe, expect, test } from 'vitest';
import type { Channel } from '../types';
import { bodyDraft, bodyOf, turned } from './body';
import { httpConfig, httpDraft, restOf, smtpConfig, smtpDraft } from './config';
import { faultOf, objectOf } from './rows';

const channel = (kind: 'smtp' | 'http', config: Channel['config']): Channel => ({ name: 'a', kind, config, has_secret: true, active: true });
const MAIL = { host: 'mail.example.vn', port: 465, security: 'tls', sender: 'a@example.vn', user: 'a', ca: 'PEM\n' };
const SMS = {
  url: 'https://sms.example.vn/send',
  to: 'phone',
  phone_form: '84',
  body_form: 'json',
  headers: { Authorization: 'Bearer {secret}' },
  body: { Phone: '{address}', Content: '{text}' },
  templates: { ready: '11', coming: '12', of_later: '13' },
  success: { field: 'data.0.status', values: ['100', 'OK, queued'], again: ['118'] },
  knows_repetitions: true,
};

test('what is shown and saved again is the same', () => {
  expect(smtpConfig(smtpDraft(channel('smtp', MAIL)))).toEqual(MAIL);
  expect(httpConfig(httpDraft(channel('http', SMS)))).toEqual(SMS);
  const nested = { ...SMS, body: { to: '{address}', parts: [{ text: '{text}', n: 1 }] } };
  expect(httpConfig(httpDraft(channel('http', nested)))).toEqual(nested);
});

test('a new channel begins with what is usual, and what is empty is not set', () => {
  expect(smtpConfig(smtpDraft(undefined))).toEqual({ host: '', port: 587, security: 'starttls', sender: '' });
  expect(httpConfig(httpDraft(undefined))).toEqual({
    url: '', to: 'phone', phone_form: '0', body_form: 'json', body: { phone: '{address}', text: '{text}', id: '{message_id}' },
  });
});

test('what no field shows stays with its kind', () => {
  expect(restOf(channel('http', { ...SMS, note: 'x' }), 'http')).toEqual({ note: 'x' });
  expect(restOf(channel('http', { ...SMS, note: 'x' }), 'smtp')).toEqual({});
});

test.each([
  ['25', 25],
  [' 587 ', 587],
  ['', null],
  ['5.5', null],
  ['-1', null],
  ['x', null],
])('%j as a port', (port, read) => {
  expect(smtpConfig({ ...smtpDraft(undefined), port })['port']).toBe(read);
});

describe('lines', () => {
  test('one without a name, or with that of another, is not lost in silence', () => {
    const rows = [{ name: 'a', value: '1' }, { name: '', value: '' }, { name: 'a', value: '2' }, { name: ' ', value: '3' }];
    expect(rows.map((_, index) => faultOf(rows, index))).toEqual([null, null, 'doubled', 'nameless']);
    expect(objectOf(rows)).toBeNull();
    expect(objectOf(rows.slice(0, 2))).toEqual({ a: '1' });
  });

  test('names that are special in JavaScript are names', () => {
    const rows = [{ name: '__proto__', value: '1' }];
    expect(JSON.stringify(objectOf(rows))).toBe('{"__proto__":"1"}');
  });
});

describe('a body', () => {
  test.each([[{ n: 1 }], [{ a: { b: 'c' } }], [{ '': 'x' }], [{ a: null }]])('%j is shown as JSON and stays so', (body) => {
    const draft = bodyDraft(body);
    expect([draft.asJson, bodyOf(draft), turned(draft)]).toEqual([true, body, null]);
  });

  test('is turned into JSON and back', () => {
    const draft = bodyDraft({ a: '1', b: '{text}' });
    const json = turned(draft);
    expect(json?.asJson).toBe(true);
    expect(json && turned(json)).toEqual(draft);
  });

  test.each(['', '[]', '"x"', '{"a": ', 'null'])('%j is no body, and is not turned', (text) => {
    const draft = { asJson: true, rows: [], text };
    expect([bodyOf(draft), turned(draft)]).toEqual([null, null]);
  });

  test('with lines that would be lost is not turned', () => {
    expect(turned({ asJson: false, rows: [{ name: '', value: 'x' }], text: '' })).toBeNull();
  });
});
