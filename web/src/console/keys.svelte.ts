import { elsewhere } from '$lib/ui/listKeys';
import { actions } from './actions.svelte';
import { choice, TABS } from './choice.svelte';
import { day } from './day.svelte';
import { doorCare } from './door.svelte';
import { drawing } from './drawing.svelte';
import { undoKeys } from './editKeys';
import { edits } from './edits.svelte';

/** Which overlays are open. */
export const panels = $state({ help: false, compare: false, rule: false, money: false, complaints: false, phones: false, procedures: false, couriers: false });

const CLOSED = { ...panels };

/** The search box asks for the focus through this. */
export const search = $state({ asked: 0 });

function close(): void {
  if (Object.values(panels).some(Boolean)) Object.assign(panels, CLOSED);
  else if (drawing.open) drawing.close();
  else if (edits.question || edits.conflict) edits.forget();
  else if (doorCare.correcting) doorCare.stop();
  else choice.clear();
}

function find(): void {
  choice.tab = 'items';
  search.asked++;
}

/** Moves the choice through the routes when no list has the focus. */
function walk(by: number): void {
  const routes = day.routes;
  if (!routes.length) return;
  const at = routes.findIndex((view) => view.route.courier_id === choice.courierId);
  const next = routes[(at + by + routes.length) % routes.length] ?? routes[0];
  if (next && next.route.courier_id !== choice.courierId) choice.pickCourier(next.route.courier_id);
}

const COMMANDS: Record<string, () => void> = {
  '/': find,
  '?': () => (panels.help = !panels.help),
  p: () => void (day.running || actions.plan()),
  j: () => walk(1),
  k: () => walk(choice.courierId ? -1 : 0),
  '[': () => choice.shift(-1),
  ']': () => choice.shift(1),
};

/** Single letters command the console while nobody types; Escape always lets go. */
export function consoleKeys(event: KeyboardEvent): void {
  if (event.key === 'Escape') return close();
  if (undoKeys(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || elsewhere(event.target)) return;
  const tab = TABS[Number(event.key) - 1];
  const command = tab ? (): void => void (choice.tab = tab) : COMMANDS[event.key];
  if (!command) return;
  event.preventDefault();
  command();
}
