import type { ApiProblem } from '$lib/api/problem';

export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'failed';
  /** How often it was told while it stood there: the same words twice are one message. */
  times: number;
  /** Takes the deed back. Every destructive action offers it, instead of asking “are you sure”. */
  undo?: () => void;
}

const STAY_MS = { done: 6_000, undo: 15_000, failed: 12_000 };

class Toasts {
  list = $state<Toast[]>([]);
  /** How many dialogs lie over the page: what is beneath them cannot be pressed, so the messages stand in the dialog. */
  dialogs = $state(0);
  private next = 1;
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private held = false;

  done(text: string, undo?: () => void): void {
    this.add(undo ? { text, tone: 'done', undo } : { text, tone: 'done' });
  }

  failed(problem: ApiProblem): void {
    this.add({ text: `${problem.code} · ${problem.sentence()}`, tone: 'failed' });
  }

  drop(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
    // Nobody stands on what is gone, though no event says so.
    if (!this.list.length) this.held = false;
  }

  /** While someone points at them or stands on a button of theirs, none goes away. */
  hold(): void {
    this.held = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  release(): void {
    this.held = false;
    for (const toast of this.list) this.leaveLater(toast);
  }

  private add(told: Omit<Toast, 'id' | 'times'>): void {
    const toast = this.again(told) ?? this.put(told);
    if (!this.held) this.leaveLater(toast);
  }

  /** What stands there already in the same words. What can be taken back stays by itself: each takes back its own deed. */
  private again(told: Omit<Toast, 'id' | 'times'>): Toast | undefined {
    const same = this.list.find((old) => old.text === told.text && old.tone === told.tone && !old.undo && !told.undo);
    if (same) same.times += 1;
    return same;
  }

  private put(told: Omit<Toast, 'id' | 'times'>): Toast {
    const made = { ...told, id: this.next++, times: 1 };
    for (const old of this.list.slice(0, -3)) this.drop(old.id);
    this.list = [...this.list, made];
    return made;
  }

  private leaveLater(toast: Toast): void {
    clearTimeout(this.timers.get(toast.id));
    const stay = STAY_MS[toast.undo ? 'undo' : toast.tone];
    this.timers.set(toast.id, setTimeout(() => this.drop(toast.id), stay));
  }
}

export const toasts = new Toasts();
