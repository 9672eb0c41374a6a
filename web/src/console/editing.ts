import type { components } from '../client/schema';
import type { RouteView } from './types';
import { FAILED } from './view';

type Schemas = components['schemas'];
export type Command = Schemas['EditIn']['command'];
export type Override = NonNullable<Schemas['EditIn']['allow']>[number];
export type Edit = Schemas['EditOut'];
export type Version = Schemas['VersionOut'];

/** Rules that a dispatcher may set aside, having asked, by the code of the refusal. */
const OVERRIDES: Record<string, Override> = { R4201: 'window', R4202: 'overtime', R4013: 'next' };

/** What must be allowed for these refusals to pass; `null` when one of them cannot be set aside. */
export function overridesFor(codes: readonly string[]): Override[] | null {
  const found = codes.map((code) => OVERRIDES[code]);
  return codes.length && found.every((one) => one !== undefined) ? [...new Set(found as Override[])] : null;
}

interface Place {
  courierId: string;
  round: number;
  order: string[];
}

/** The round that serves a visit, with its order. */
export function placeOf(views: readonly RouteView[], visitId: string): Place | null {
  for (const view of views) {
    const found = view.stops.find((one) => one.stop.visit_id === visitId);
    if (!found) continue;
    const round = found.stop.round;
    return { courierId: view.route.courier_id, round, order: view.stops.filter((one) => one.stop.round === round).map((one) => one.stop.visit_id) };
  }
  return null;
}

/** Puts a stop, planned or left out, before (or behind) another; `null` when that is where it is. */
export function besideCommand(views: readonly RouteView[], visitId: string, target: string, behind: boolean): Command | null {
  const there = placeOf(views, target);
  const here = placeOf(views, visitId);
  if (!there || visitId === target) return null;
  const rest = there.order.filter((one) => one !== visitId);
  const position = rest.indexOf(target) + (behind ? 1 : 0);
  if (here?.courierId === there.courierId && here.round === there.round && here.order.indexOf(visitId) === position) return null;
  return placed(here !== null, visitId, there.courierId, there.round, position);
}

/** Gives a stop to a courier, at the place that costs least. */
export function courierCommand(views: readonly RouteView[], visitId: string, courierId: string): Command {
  return placed(placeOf(views, visitId) !== null, visitId, courierId);
}

function placed(planned: boolean, visitId: string, courier_id: string, round: number | null = null, position: number | null = null): Command {
  const where = { visit_ids: [visitId], courier_id, round, position };
  return planned ? { kind: 'move', ...where } : { kind: 'insert', item_ids: [], ...where };
}

/** One place up (-1) or down (1) in its round; `null` at the ends. */
export function stepCommand(views: readonly RouteView[], visitId: string, by: -1 | 1): Command | null {
  const here = placeOf(views, visitId);
  if (!here) return null;
  const position = here.order.indexOf(visitId) + by;
  if (position < 0 || position >= here.order.length) return null;
  return placed(true, visitId, here.courierId, here.round, position);
}

/** A stop and all behind it in its round, given to the same round of another courier. */
export function splitCommand(views: readonly RouteView[], visitId: string, to: string): Command | null {
  const here = placeOf(views, visitId);
  if (!here || here.courierId === to) return null;
  return { kind: 'split', courier_id: here.courierId, round: here.round, position: here.order.indexOf(visitId), to_courier_id: to, to_round: here.round };
}

/** A round the other way about, from where its courier now is; `null` when there are not two stops left to turn. */
export function reverseCommand(view: RouteView, round: number): Command | null {
  const stops = view.stops.filter((one) => one.stop.round === round);
  const been = stops.filter((one) => one.status === 'delivered' || FAILED.has(one.status));
  const left = stops.filter((one) => !been.includes(one)).reverse();
  if (left.length < 2) return null;
  return { kind: 'reorder', courier_id: view.route.courier_id, round, visit_ids: [...been, ...left].map((one) => one.stop.visit_id) };
}
