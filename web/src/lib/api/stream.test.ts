import { expect, test } from 'vitest';
import { backoff, StreamParser, type StreamMessage } from './sse';
import { LiveStream, type StreamState } from './stream';

test('messages are read however the bytes are cut', () => {
  const text = ': ping\n\nid: 7\nevent: change\ndata: {"a":\ndata: 1}\n\ndata: x\r\n\r\nevent: empty\n\n';
  const expected = [
    { id: '7', event: 'change', data: '{"a":\n1}' },
    { id: '7', event: 'message', data: 'x' },
  ];
  for (let cut = 1; cut < text.length; cut++) {
    const parser = new StreamParser();
    expect([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))]).toEqual(expected);
  }
});

test('waiting doubles up to half a minute, spread between half and the whole', () => {
  expect(backoff(0, () => 1)).toBe(500);
  expect(backoff(3, () => 0)).toBe(2000);
  expect(backoff(30, () => 1)).toBe(30_000);
});

/** A server played by a list of answers, one for each connection; records the headers it was asked with. */
function played(answers: (string | number)[]): { run: () => Promise<void>; asked: string[]; log: string[]; messages: StreamMessage[] } {
  const asked: string[] = [];
  const log: string[] = [];
  const messages: StreamMessage[] = [];
  const stream: LiveStream = new LiveStream({
    url: '/v1/stream',
    onMessage: (message) => messages.push(message),
    onGap: () => log.push('gap'),
    onState: (state: StreamState) => log.push(state),
    fetcher: async (_url, init) => {
      asked.push(new Headers(init?.headers).get('Last-Event-ID') ?? '');
      const answer = answers.shift();
      if (answers.length === 0) stream.close();
      if (answer === 0 || answer === undefined) throw new TypeError('network');
      return typeof answer === 'number' ? new Response('', { status: answer }) : new Response(answer);
    },
    wait: async () => undefined,
  });
  return { run: () => stream.run(), asked, log, messages };
}

test('after a break the stream goes on from the last id, without fetching anew', async () => {
  const server = played(['id: a\ndata: 1\n\n', 0, 'id: b\ndata: 2\n\n', '']);
  await server.run();
  expect(server.asked).toEqual(['', 'a', 'a', 'b']);
  expect(server.messages.map((message) => message.data)).toEqual(['1', '2']);
  expect(server.log).not.toContain('gap');
});

test('a break before any id, or a gap the server reports, means fetching anew', async () => {
  const quiet = played([': hello\n\n', '']);
  await quiet.run();
  expect(quiet.log.filter((entry) => entry === 'gap')).toHaveLength(1);
  const told = played(['id: a\ndata: 1\n\nevent: gap\ndata: {}\n\n', '']);
  await told.run();
  expect(told.log.filter((entry) => entry === 'gap')).toHaveLength(1);
  expect(told.messages).toHaveLength(1);
});

test('a refusal is no connection', async () => {
  const server = played([503, 'id: a\ndata: 1\n\n', '']);
  await server.run();
  expect(server.log.slice(0, 4)).toEqual(['connecting', 'broken', 'connecting', 'live']);
});
