import { store } from './schema';

/** Small things by name: the signed-in courier, today's route, the clock. */
export async function recall<T>(name: string): Promise<T | null> {
  return ((await (await store()).get('kept', name)) as T | undefined) ?? null;
}

export async function keep(name: string, value: unknown): Promise<void> {
  await (await store()).put('kept', value, name);
}

export async function forget(name: string): Promise<void> {
  await (await store()).delete('kept', name);
}
