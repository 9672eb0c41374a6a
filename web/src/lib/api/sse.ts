/** One message of a `text/event-stream`. */
export interface StreamMessage {
  id: string;
  event: string;
  data: string;
}

/** Cuts a stream of text into messages by the rules of the HTML standard (section 9.2); comments only prove life. */
export class StreamParser {
  private rest = '';
  private id = '';

  push(text: string): StreamMessage[] {
    this.rest += text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
    const blocks = this.rest.split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.map((block) => this.read(block)).filter((message) => message !== null);
  }

  private read(block: string): StreamMessage | null {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon === 0 || line === '') continue;
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
      else if (name === 'id' && !value.includes('\0')) this.id = value;
    }
    return data.length ? { id: this.id, event, data: data.join('\n') } : null;
  }
}

/** Milliseconds before attempt `attempt` (0, 1, 2 …): doubling from half a second to 30 s, with a spread so that screens do not return together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.min(30_000, 500 * 2 ** attempt) * (0.5 + random() / 2);
}
