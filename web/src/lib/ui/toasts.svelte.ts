import type { ApiProblem } from '$lib/api/problem';

export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'failed';
  /** Takes the deed back. Every destructive action offers it, instead of asking “are you sure”. */
  undo?: () => void;
}

const STAY_MS = { done: 6_000, failed: 12_000 };

class Toasts {
  list = $state<Toast[]>([]);
  private next = 1;

  done(text: string, undo?: () => void): void {
    this.add(undo ? { text, tone: 'done', undo } : { text, tone: 'done' });
  }

  failed(problem: ApiProblem): void {
    this.add({ text: `${problem.code} · ${problem.sentence()}`, tone: 'failed' });
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  private add(toast: Omit<Toast, 'id'>): void {
    const id = this.next++;
    this.list = [...this.list.slice(-3), { ...toast, id }];
    setTimeout(() => this.drop(id), STAY_MS[toast.tone]);
  }
}

export const toasts = new Toasts();
