import { backoff, StreamParser, type StreamMessage } from './sse';

/** The stream is taken for dead when not even a comment came for this long. */
const SILENCE_MS = 45_000;

export type StreamState = 'connecting' | 'live' | 'broken';

export interface StreamOptions {
  url: string;
  onMessage: (message: StreamMessage) => void;
  /** Called when something may have been missed: the server says `gap`, or there was no id to go on from. Fetch again. */
  onGap: () => void;
  onState?: (state: StreamState) => void;
  fetcher?: typeof fetch;
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** Server-sent events that carry `Last-Event-ID` over breaks and say when there was a gap. */
export class LiveStream {
  private readonly stop = new AbortController();
  private lastId = '';
  private connectedBefore = false;
  private attempt = 0;

  constructor(private readonly options: StreamOptions) {}

  /** Runs until `close`. */
  async run(): Promise<void> {
    const wait = this.options.wait ?? pause;
    while (!this.stop.signal.aborted) {
      this.options.onState?.(this.connectedBefore ? 'broken' : 'connecting');
      await this.connect().catch(() => undefined);
      if (this.stop.signal.aborted) return;
      this.options.onState?.('broken');
      await wait(backoff(this.attempt++), this.stop.signal);
    }
  }

  close(): void {
    this.stop.abort();
  }

  private async connect(): Promise<void> {
    const silence = new AbortController();
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (this.lastId) headers['Last-Event-ID'] = this.lastId;
    const response = await (this.options.fetcher ?? fetch)(this.options.url, {
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.any([this.stop.signal, silence.signal]),
    });
    if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
    this.opened();
    await this.read(response.body, silence);
  }

  private opened(): void {
    this.attempt = 0;
    this.options.onState?.('live');
    if (this.connectedBefore && !this.lastId) this.options.onGap();
    this.connectedBefore = true;
  }

  private take(message: StreamMessage): void {
    if (message.id) this.lastId = message.id;
    if (message.event === 'gap') this.options.onGap();
    else this.options.onMessage(message);
  }

  private async read(stream: ReadableStream<Uint8Array>, silence: AbortController): Promise<void> {
    const parser = new StreamParser();
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    let alarm = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(alarm);
        alarm = setTimeout(() => silence.abort(), SILENCE_MS);
        for (const message of parser.push(decoder.decode(value, { stream: true }))) {
          this.take(message);
        }
      }
    } finally {
      clearTimeout(alarm);
    }
  }
}
