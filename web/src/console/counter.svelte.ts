import { get, post } from '$lib/api/client';
import { once } from '$lib/api/once';
import { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { beep } from './beep';
import { choice } from './choice.svelte';
import { custody } from './custody.svelte';
import type { Item } from './types';

export const KINDS = ['from_agency', 'take_out', 'hand_back', 'bag', 'arrive', 'to_agency'] as const;
export type Kind = (typeof KINDS)[number];
export type Said = { tone: 'ok' | 'bad' | 'twice'; text: string; code: string };
type Party = { id: string; name: string };
/** Ids in the order in which they were scanned, and codes that no list names. */
type Count = { scanned: string[]; surplus: string[] };

const NOTHING: Count = { scanned: [], surplus: [] };

/** One change of hands at the counter: the list of one side, what was scanned of it, and what was there besides. */
class Counter extends Deeds {
  kind = $state<Kind>('take_out');
  partyId = $state('');
  readonly parties = new Resource<Party[]>();
  readonly list = new Resource<Item[]>();
  said = $state.raw<Said | null>(null);
  seal = $state('');
  sealBroken = $state(false);
  counterpart = $state('');
  originals = $state<number | null>(null);
  copies = $state<number | null>(null);
  /** The server has seen the difference and asks both sides to confirm it. */
  differs = $state(false);
  /** What the server says of a bag's seal; it never tells the number. */
  sealSays = $state('');
  private count = $state.raw<Count>(NOTHING);
  /** The counts before this one, the newest last. */
  private past = $state.raw<Count[]>([]);
  /** What lay at an agency's desk although another office delivers it. */
  private strays = $state.raw<Item[]>([]);
  private opened = '';

  readonly scanned = $derived(this.count.scanned);
  readonly surplus = $derived(this.count.surplus);
  readonly items = $derived([...(this.list.data ?? []), ...this.strays]);
  readonly present = $derived(this.items.filter((item) => this.scanned.includes(item.id)));
  readonly missing = $derived(this.items.filter((item) => !this.scanned.includes(item.id)));
  readonly canUndo = $derived(this.past.length > 0);
  readonly withAgency = $derived(this.kind === 'from_agency' || this.kind === 'to_agency');
  readonly withOffice = $derived(this.kind === 'bag' || this.kind === 'arrive');

  /** Begins with the other sides of this kind; who only looked at another panel finds the count as it was. */
  open(): void {
    const begun = `${choice.officeId}/${this.kind}`;
    if (begun === this.opened) return void this.load();
    this.opened = begun;
    this.reset();
    this.list.clear();
    this.parties.clear();
    this.partyId = '';
    void this.loadParties();
  }

  async loadParties(): Promise<void> {
    await this.parties.load(() => this.sides());
  }

  choose(partyId: string): void {
    if (partyId !== this.partyId) this.list.clear();
    this.partyId = partyId;
    this.reset();
    void this.load();
  }

  async load(): Promise<void> {
    if (!this.partyId) return;
    const query = { kind: this.kind, office_id: choice.officeId, party_id: this.partyId };
    await this.list.load(async () => (await get('/v1/handovers/list', { params: { query } })).items);
  }

  /** A code from the scanner or the keyboard; says at once what it is. */
  async scan(typed: string): Promise<void> {
    const code = typed.trim().toUpperCase();
    if (!code || !this.partyId) return;
    const found = this.items.find((item) => [item.item_code, ...item.dossier_codes].some((one) => one.toUpperCase() === code)) ?? (await this.stray(code));
    if (!found) return this.say('bad', code, say('counter.unknown', { code }));
    if (this.scanned.includes(found.id)) return this.say('twice', code, say('counter.twice', { code }));
    this.change({ scanned: [...this.scanned, found.id] });
    this.say('ok', code, say('counter.ok', { code: found.item_code }));
  }

  /** The code lies here although no list names it. */
  keepSurplus(code: string): void {
    if (!this.surplus.includes(code)) this.change({ surplus: [...this.surplus, code] });
    this.said = null;
  }

  toggle(id: string): void {
    this.change({ scanned: this.scanned.includes(id) ? this.scanned.filter((one) => one !== id) : [...this.scanned, id] });
  }

  markAll(): void {
    this.change({ scanned: this.items.map((item) => item.id) });
  }

  /** Back to the count before the last scan, tick or code too many. */
  undo(): void {
    this.count = this.past.at(-1) ?? this.count;
    this.past = this.past.slice(0, -1);
    this.said = null;
    this.differs = false;
  }

  /** Records it. A difference is told first; the second time both sides have confirmed it. */
  record(): Promise<boolean> {
    const body = {
      kind: this.kind,
      office_id: choice.officeId,
      party_id: this.partyId,
      item_ids: this.items.map((item) => item.id),
      missing: this.missing.map((item) => item.id),
      surplus: this.surplus,
      confirmed: this.differs,
      seal: this.seal.trim() || null,
      seal_broken: this.kind === 'arrive' && this.sealBroken,
      counterpart: this.counterpart.trim() || null,
      originals: this.originals,
      copies: this.copies,
    };
    return this.tried(
      async () => {
        const done = await once(body, (header) => post('/v1/handovers', { body, params: { header } }));
        const more = done.incident_id ? ` ${say('counter.incident')}` : '';
        toasts.done(say('counter.done', { n: done.item_ids.length }) + more);
        this.reset();
        await Promise.all([this.load(), custody.load()]);
      },
      (problem) => this.refused(problem),
    );
  }

  /** Another number, another state of the seal: it is asked about anew. */
  readSeal(): void {
    this.differs = false;
    this.sealSays = '';
  }

  private change(to: Partial<Count>): void {
    this.past = [...this.past, this.count];
    this.count = { ...this.count, ...to };
    this.differs = false;
  }

  private refused(problem: ApiProblem): void {
    const codes = problem.problems.map((one) => one.code);
    if (codes.every((code) => code === 'T2007' || code === 'T2407')) {
      const seal = problem.problems.find((one) => one.code === 'T2407');
      this.sealSays = seal ? problem.sentence(seal) : '';
      this.differs = true;
    } else toasts.failed(problem);
    beep(false);
  }

  private say(tone: Said['tone'], code: string, text: string): void {
    this.said = { tone, code, text };
    beep(tone === 'ok');
  }

  private reset(): void {
    this.count = NOTHING;
    this.past = [];
    this.strays = [];
    this.said = null;
    this.seal = this.counterpart = this.sealSays = '';
    this.sealBroken = false;
    this.originals = this.copies = null;
    this.differs = false;
  }

  /** At an agency's desk a paper may lie that another office delivers: the server knows it. */
  private async stray(code: string): Promise<Item | null> {
    if (this.kind !== 'from_agency') return null;
    try {
      const found = await post('/v1/handovers:find', { body: { kind: this.kind, office_id: choice.officeId, party_id: this.partyId, code } });
      this.strays = [...this.strays, found];
      return found;
    } catch {
      return null;
    }
  }

  private async sides(): Promise<Party[]> {
    if (this.withAgency) return (await get('/v1/agencies')).agencies;
    if (this.withOffice) return (await get('/v1/office-names')).offices.filter((one) => one.id !== choice.officeId);
    return (await get('/v1/couriers', { params: { query: { office_id: choice.officeId } } })).couriers;
  }
}

export const counter = new Counter();
