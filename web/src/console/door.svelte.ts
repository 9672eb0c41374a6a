import { del, get, post, put } from '$lib/api/client';
import type { ApiProblem } from '$lib/api/problem';
import { Resource } from '$lib/api/resource.svelte';
import type { Position } from '$lib/map/bounds';
import { say } from '$lib/strings/console';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { day } from './day.svelte';
import { findStop } from './find';
import type { Door, Lesson, Route } from './types';

/** A route as it was before its door moved, to be held against what it becomes. */
interface Before {
  courierId: string;
  distanceM: number;
  finishAt: string;
}

/** The door of the item that is open: what is known of it, setting it right, taking that back. */
class DoorCare extends Deeds {
  readonly resource = new Resource<Door>();
  itemId = $state('');
  /** Where the pin is being put; none while nobody corrects it. */
  pin = $state.raw<Position | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  before = $state.raw<Before | null>(null);

  readonly door = $derived(this.resource.data);
  readonly correcting = $derived(this.pin !== null);
  /** The route that the last change touched, as it stands now. */
  readonly after = $derived<Route | null>(day.routes.find((view) => view.route.courier_id === this.before?.courierId)?.route ?? null);

  /** Opens the door of an item; the same again fetches what changed. */
  async open(itemId: string): Promise<void> {
    if (itemId !== this.itemId) {
      this.close();
      this.itemId = itemId;
    }
    await this.resource.load(() => get('/v1/items/{item_id}/door', this.params()));
  }

  close(): void {
    this.resource.clear();
    this.itemId = '';
    this.before = null;
    this.stop();
  }

  /** Begins on the pin that is there, else on the office. */
  begin(office: Position | null): void {
    this.pin = this.door?.point ?? office;
    this.before = null;
    this.problem = null;
  }

  stop(): void {
    this.pin = null;
    this.problem = null;
  }

  moveTo(at: Position): void {
    this.pin = at;
  }

  /** Puts the household's pin where it was moved; undo forgets this one lesson again. */
  async save(): Promise<void> {
    const { pin } = this;
    if (!pin) return;
    await this.tried(
      async () => {
        this.problem = null;
        const point: [number, number] = [pin[0], pin[1]];
        const known = new Set(this.door?.lessons.map((lesson) => lesson.id));
        const door = await this.changed(() => put('/v1/items/{item_id}/door', { ...this.params(), body: { point } }));
        const taught = door.lessons.find((lesson) => !known.has(lesson.id));
        const undo = taught ? (): void => void this.unlearn(taught) : undefined;
        toasts.done(say('door.saved', { n: door.moved_items.length, m: door.changed_plans.length }), undo);
        this.pin = null;
      },
      (problem) => (this.problem = problem),
    );
  }

  /** Takes one lesson out of the reckoning. */
  async forget(lesson: Lesson): Promise<void> {
    await this.tried(async () => {
      const gone = await this.forgotten(lesson);
      toasts.done(say('door.forgotten'), gone ? () => void this.takenBack(() => this.recalled(gone)) : undefined);
    });
  }

  /** Takes a forgetting back, with all that was forgotten in it. */
  async recall(lesson: Lesson): Promise<void> {
    await this.tried(() => this.recalled(lesson));
  }

  private unlearn(lesson: Lesson): Promise<void> {
    return this.takenBack(async () => {
      await this.forgotten(lesson);
      toasts.done(say('door.forgotten'));
    });
  }

  private async forgotten(lesson: Lesson): Promise<Lesson | undefined> {
    const body = { lessons: [lesson.id] };
    const door = await this.changed(() => del('/v1/items/{item_id}/door', { ...this.params(), body }));
    return door.lessons.find((one) => one.id === lesson.id);
  }

  private async recalled({ forgotten_at }: Lesson): Promise<void> {
    if (forgotten_at === null) return;
    await this.changed(() => post('/v1/items/{item_id}/door:recall', { ...this.params(), body: { forgotten_at } }));
    toasts.done(say('door.recalled'));
  }

  /** Makes a change and shows what it came to: the door as answered, and the route it touches, before and after. */
  private async changed(deed: () => Promise<Door>): Promise<Door> {
    const stop = findStop(day.routes, this.itemId);
    const route = day.routes.find((view) => view.route.courier_id === stop?.courierId)?.route;
    const door = await deed();
    await this.resource.load(() => Promise.resolve(door));
    this.before = route && door.changed_plans.length ? { courierId: route.courier_id, distanceM: route.distance_m, finishAt: route.finish_at } : null;
    await day.loadPlans();
    return door;
  }

  private params(): { params: { path: { item_id: string } } } {
    return { params: { path: { item_id: this.itemId } } };
  }
}

export const doorCare = new DoorCare();
