import { tick } from 'svelte';
import { elsewhere } from '$lib/ui/listKeys';
import { choice } from './choice.svelte';
import { day } from './day.svelte';
import { stepCommand } from './editing';
import { edits } from './edits.svelte';
import type { StopView, Unplanned } from './types';

/** Edits by keyboard on the stop that has the focus. */
export function stopKeys(event: KeyboardEvent, view: StopView): void {
  const id = view.stop.visit_id;
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    void edits.make(stepCommand(day.routes, id, event.key === 'ArrowUp' ? -1 : 1));
  } else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === 'l') void edits.make({ kind: view.stop.locked ? 'unlock' : 'lock', visit_ids: [id], in_round: false });
  else if (event.key === 'Delete') void edits.make({ kind: 'drop', visit_ids: [id] });
  else if (event.key === 'm') void give(() => choice.pickStop(view.courierId, id));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The same on something that is left out. */
export function leftKeys(event: KeyboardEvent, entry: Unplanned): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !entry.visit_id) return;
  if (event.key === 'i') void edits.make({ kind: 'insert', visit_ids: [entry.visit_id], item_ids: [], courier_id: null, round: null, position: null });
  else if (event.key === 'm') void give(() => choice.pickStop(null, entry.visit_id ?? '', entry.items[0]?.id ?? null));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Ctrl Z and Ctrl Shift Z; true when the key was one of them. */
export function undoKeys(event: KeyboardEvent): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z' || elsewhere(event.target)) return false;
  event.preventDefault();
  void (event.shiftKey ? edits.redo() : edits.undo());
  return true;
}

/** Opens the card of a stop with the list of couriers in hand. */
async function give(pick: () => void): Promise<void> {
  pick();
  await tick();
  document.querySelector<HTMLSelectElement>('[data-give]')?.focus();
}
