import { post } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { choice } from './choice.svelte';
import { day } from './day.svelte';
import type { Courier, CourierIn } from './types';

/** The half-days of the post, as the server takes them where none are given. */
const MORNING = { start: '07:20', end: '11:30' };
export const AFTERNOON = { start: '13:30', end: '18:00' };
/** The most breaks a day may have: as the server has it. */
export const MOST_BREAKS = 4;
/** What the form shows at its place when the server refuses it. */
export const PLACED = ['name', 'phone', 'capacity_items', 'cash_limit_vnd', 'shifts', 'overtime_until', 'reload_minutes', 'skills', 'breaks'] as const;

export type Draft = Required<Omit<CourierIn, 'id'>>;

/** A clock as the field of a form has it. */
export const clock = (value: string): string => value.slice(0, 5);

/** What the form begins with: the courier as he is, or one who may do everything in two half-days. */
export function draftOf(courier: Courier | null): Draft {
  if (!courier)
    return {
      office_id: choice.officeId,
      name: '',
      phone: '',
      capacity_items: 120,
      capacity_g: 30_000,
      cash_limit_vnd: null,
      shifts: [{ ...MORNING }, { ...AFTERNOON }],
      vehicle: 'motorbike',
      home_commune_codes: [],
      active: true,
      skills: [],
      in_person: true,
      breaks: [],
      overtime_until: null,
      reload_minutes: 0,
    };
  const { id, ...rest } = courier;
  void id;
  return {
    ...rest,
    shifts: courier.shifts.map(({ start, end }) => ({ start: clock(start), end: clock(end) })),
    breaks: courier.breaks.map((one) => ({ ...one, earliest: clock(one.earliest), latest: clock(one.latest) })),
    overtime_until: courier.overtime_until && clock(courier.overtime_until),
  };
}

/** Skills as people write them in one line. */
export function skillsOf(line: string): string[] {
  return line.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean);
}

/** Couriers of the office: kept by an administrator. */
class CourierCare extends Deeds {
  problem = $state.raw<ApiProblem | null>(null);

  /** Undo gives back what he was; one who is new goes again. */
  save(before: Courier | null, body: Draft): Promise<boolean> {
    this.problem = null;
    return this.tried(
      async () => {
        const saved = await post('/v1/couriers', { body: before ? { ...body, id: before.id } : body });
        const undo: CourierIn = before ? { ...draftOf(before), id: before.id } : { ...draftOf(saved), id: saved.id, active: false };
        toasts.done(say('couriers.saved', { name: saved.name }), () => void this.takeBack(undo));
        await Promise.all([day.loadStaff(), day.loadCouriers()]);
      },
      (problem) => (this.problem = problem),
    );
  }

  private takeBack(body: CourierIn): Promise<void> {
    return this.takenBack(async () => {
      await post('/v1/couriers', { body });
      toasts.done(say('couriers.taken_back'));
      await Promise.all([day.loadStaff(), day.loadCouriers()]);
    });
  }
}

export const courierCare = new CourierCare();
