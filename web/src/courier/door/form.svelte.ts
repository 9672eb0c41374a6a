import { account } from '../account.svelte';
import { clock } from '../day/clock.svelte';
import { tracker } from '../day/tracker.svelte';
import type { Visit } from '../day/visits';
import { hrefOf } from '../route.svelte';
import { sender } from '../send/sender.svelte';
import { captureCollection, captureDelivery, captureFailure, type Captured, type Moment } from './capture';
import { compressPhoto } from './compress';
import { emptyDraft, loadDraft, saveDraft, type Draft } from './draft';

const SAVE_MS = 250;

/** The form of one visit, delivered or not. What is typed is on the phone a quarter of a second later. */
export class DoorForm {
  draft = $state<Omit<Draft, 'photo'>>(emptyDraft([]));
  photo = $state.raw<ArrayBuffer | null>(null);
  ready = $state(false);
  busy = $state(false);
  photoFailed = $state(false);
  failed = $state('');
  private timer = 0;
  /** Ids of the proofs that were made, once the visit is complete. */
  made = $state.raw<string[]>([]);

  constructor(
    readonly visit: Visit,
    readonly kind: 'deliver' | 'fail' | 'collect',
  ) {}

  get id(): string {
    return `${this.kind}/${account.user?.id}/${this.visit.visit_id}`;
  }

  /** The whole draft as it stands. */
  get whole(): Draft {
    return { ...$state.snapshot(this.draft), photo: this.photo } as Draft;
  }

  async open(): Promise<void> {
    const leg = this.kind === 'collect' ? 'collect' : 'return';
    const isMine = (one: { leg: string }): boolean => this.kind === 'fail' || one.leg === leg;
    const open = this.visit.items.filter((item) => item.stage !== 'done' && isMine(item)).map((item) => item.id);
    const kept = await loadDraft(this.id);
    // A draft of an older version lacks what came since.
    const { photo, ...rest } = kept ? { ...emptyDraft([]), ...kept, chosen: kept.chosen.filter((id) => open.includes(id)) } : emptyDraft(open);
    this.draft = rest;
    this.photo = photo;
    this.ready = true;
    // The capture that follows goes by a fresh measure of the clock, when there is network.
    void clock.ask();
  }

  /** Called on each change. */
  save(): void {
    window.clearTimeout(this.timer);
    const draft = this.whole;
    if (this.ready && !this.busy) this.timer = window.setTimeout(() => void saveDraft(this.id, draft), SAVE_MS);
  }

  async takePhoto(file: File): Promise<void> {
    this.photoFailed = false;
    try {
      this.photo = await compressPhoto(file);
      await saveDraft(this.id, this.whole);
    } catch {
      this.photoFailed = true;
    }
  }

  /** Completes the visit on the phone; true when it is stored. Sending follows in the background. */
  async complete(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    window.clearTimeout(this.timer);
    try {
      const { entries, files } = await this.captured();
      await sender.add(entries, files, this.id);
      this.made = entries.map((entry) => entry.id);
      return true;
    } catch (error) {
      this.failed = error instanceof Error ? error.name : String(error);
      this.busy = false;
      return false;
    }
  }

  /** Back to the form as it was; in vain when the proofs have gone out already. */
  async takeBack(): Promise<void> {
    if (!(await sender.takeBack(this.made, this.id, this.whole))) return;
    this.made = [];
    this.busy = false;
    location.hash = hrefOf(this.kind, this.visit.visit_id);
  }

  private captured(): Promise<Captured> {
    const place = tracker.place;
    const moment: Moment = { userId: account.user?.id ?? '', at: Date.now(), offsetS: clock.offsetS, serverMs: clock.now(), place };
    const capture = { deliver: captureDelivery, fail: captureFailure, collect: captureCollection }[this.kind];
    return capture(this.visit, this.whole, moment);
  }
}
