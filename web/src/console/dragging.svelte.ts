import { day } from './day.svelte';
import { besideCommand, courierCommand, type Command } from './editing';
import { edits } from './edits.svelte';

/** The stop in the dispatcher's hand, from the list or the map, and what letting go would do. */
class Dragging {
  visitId = $state<string | null>(null);
  /** Where it would land: a visit and the side of it, or a courier's route. */
  target = $state<string | null>(null);
  private command: Command | null = null;

  start(visitId: string): void {
    if (edits.open) this.visitId = visitId;
  }

  overStop(target: string, behind: boolean): void {
    this.over(`${target}/${behind ? 'behind' : 'before'}`, (visitId) => besideCommand(day.routes, visitId, target, behind));
  }

  overRoute(courierId: string): void {
    this.over(courierId, (visitId) => courierCommand(day.routes, visitId, courierId));
  }

  leave(): void {
    if (this.target === null) return;
    this.target = this.command = null;
    edits.previewSoon(null);
  }

  drop(): void {
    const command = this.command;
    this.end();
    void edits.make(command);
  }

  end(): void {
    this.leave();
    this.visitId = null;
  }

  private over(target: string, make: (visitId: string) => Command | null): void {
    if (!this.visitId || this.target === target) return;
    this.target = target;
    this.command = make(this.visitId);
    edits.previewSoon(this.command);
  }
}

export const dragging = new Dragging();

/** Whether a pointer is over the lower half of a row. */
export function lowerHalf(event: DragEvent): boolean {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return event.clientY > box.top + box.height / 2;
}
