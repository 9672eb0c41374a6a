import { lookOf, statusOfStop, type Look } from '$lib/status';
import { say } from '$lib/strings/courier';
import type { Delivery, Visit, VisitItem } from '../day/visits';

/** The status to show for a paper: what was done on this phone, else what the server says. */
export function statusOf(item: VisitItem): string {
  return item.outcome ?? item.status;
}

/** How a finished visit is drawn and called, and whether the office knows of it. */
export function lookOfVisit(visit: Visit): Look & { word: string; delivery: Delivery } {
  const status = statusOfStop(visit.items.map(statusOf));
  const deliveries = visit.items.map((item) => item.delivery);
  const delivery = deliveries.find((one) => one === 'review') ?? deliveries.find((one) => one === 'unsent') ?? 'sent';
  return { ...lookOf(status), word: say.of('status', status), delivery };
}
