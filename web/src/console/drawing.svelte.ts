import type { Feature } from 'geojson';
import type { ApiProblem } from '$lib/api/problem';
import type { Position } from '$lib/map/bounds';
import { now } from '$lib/now.svelte';
import { Deeds } from '$lib/ui/deeds.svelte';
import { closures } from './closures.svelte';
import type { Closure, ClosureIn } from './types';

export type Form = 'area' | 'box' | 'line';
export const FORMS: Form[] = ['area', 'box', 'line'];
export const KINDS: Closure['kind'][] = ['flood', 'landslide', 'works', 'accident', 'event', 'other'];

/** Corners that a form needs at least; a box has no more. */
const NEEDED: Record<Form, number> = { area: 3, box: 2, line: 2 };
const SAME = 1e-6;

/** The corners of the area that a box's two opposite corners mean. */
function boxOf([one, other]: Position[]): Position[] {
  if (!one || !other) return one ? [one] : [];
  return [one, [other[0], one[1]], other, [one[0], other[1]]];
}

/** The closure being drawn or changed: corners in order as [lon, lat], and what the form says. */
class Drawing extends Deeds {
  open = $state(false);
  /** The closure whose kind, end and note are changed; none while a new one is drawn. */
  of = $state.raw<Closure | null>(null);
  form = $state<Form>('area');
  corners = $state.raw<Position[]>([]);
  widthM = $state(10);
  kind = $state<Closure['kind']>('flood');
  /** ISO instants; `null` is now, or until it is lifted. */
  from = $state<string | null>(null);
  to = $state<string | null>(null);
  note = $state('');
  problem = $state.raw<ApiProblem | null>(null);

  readonly drawsOnMap = $derived(this.open && this.of === null);
  readonly missing = $derived(this.of ? 0 : Math.max(0, NEEDED[this.form] - this.corners.length));
  readonly outline = $derived(this.form === 'box' ? boxOf(this.corners) : this.corners);

  begin(): void {
    Object.assign(this, { open: true, of: null, corners: [], from: null, to: null, note: '', problem: null });
    closures.chosenId = null;
  }

  edit(closure: Closure): void {
    const { kind, note, ends_at: to } = closure;
    Object.assign(this, { open: true, of: closure, corners: [], kind, note, to, problem: null });
    closures.chosenId = closure.id;
  }

  close(): void {
    this.open = false;
    this.corners = [];
  }

  choose(form: Form): void {
    this.form = form;
    if (form === 'box') this.corners = this.corners.slice(0, 2);
  }

  /** The next corner; a second click on the same place is a slip. A third corner of a box moves its second. */
  add(at: Position): void {
    const last = this.corners.at(-1);
    if (last && Math.abs(last[0] - at[0]) < SAME && Math.abs(last[1] - at[1]) < SAME) return;
    this.corners = [...(this.form === 'box' ? this.corners.slice(0, 1) : this.corners), at];
  }

  move(index: number, at: Position): void {
    this.corners = this.corners.with(index, at);
  }

  drop(index = this.corners.length - 1): void {
    this.corners = this.corners.filter((_, at) => at !== index);
  }

  /** What is drawn so far, for the map: an area as soon as it has three corners, else a line. */
  feature(): Feature | null {
    const drawn = this.outline.map(([lon, lat]) => [lon, lat]);
    if (drawn.length < 2) return null;
    const closed = this.form !== 'line' && drawn.length > 2;
    const geometry = closed
      ? { type: 'Polygon' as const, coordinates: [[...drawn, drawn[0] ?? []]] }
      : { type: 'LineString' as const, coordinates: drawn };
    return { type: 'Feature', properties: {}, geometry };
  }

  async save(): Promise<void> {
    if (this.missing > 0) return;
    await this.tried(
      async () => {
        const { kind, to: ends_at, note } = this;
        if (this.of) await closures.change(this.of, { kind, ends_at, note });
        else await closures.draw(this.content());
        this.close();
      },
      (problem) => (this.problem = problem),
    );
  }

  private content(): ClosureIn {
    return {
      area: this.outline.map(([lon, lat]) => [lon, lat] as [number, number]),
      width_m: this.form === 'line' ? this.widthM : null,
      kind: this.kind,
      starts_at: this.from ?? new Date(now.current).toISOString(),
      ends_at: this.to,
      note: this.note,
    };
  }
}

export const drawing = new Drawing();
