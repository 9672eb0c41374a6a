import { language, type Language } from './language.svelte';

/** Names in `{name}` and `{name|one|many}` of a sentence. */
type Names<S> = S extends `${string}{${infer Inside}}${infer Rest}`
  ? (Inside extends `${infer Name}|${string}` ? Name : Inside) | Names<Rest>
  : never;

export type Values = Record<string, string | number>;
export type Sentences = Record<string, string>;

/** The other language must have exactly the keys of the Vietnamese catalogue: a missing or a spare key does not compile. */
export type SameKeys<V extends Sentences> = Record<keyof V & string, string>;

type Arguments<S> = [Names<S>] extends [never] ? [] : [values: Record<Names<S>, string | number>];

export interface Words<V extends Sentences> {
  <K extends keyof V & string>(key: K, ...values: Arguments<V[K]>): string;
  /** For keys that come from the server, as `status.out`: the sentence, or the key's last part when the catalogue lacks it. */
  of(prefix: string, name: string): string;
}

const PLACEHOLDER = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

/** Puts values into `{n}`; `{n|day|days}` chooses by number. */
export function fill(sentence: string, values: Values): string {
  return sentence.replace(PLACEHOLDER, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one !== undefined && many !== undefined) return Number(value) === 1 ? one : many;
    return String(value);
  });
}

/** The speaking function of one area; reads the language at each call, so a switch redraws. */
export function words<const V extends Sentences>(vi: V, en: SameKeys<V>): Words<V> {
  const catalogues: Record<Language, Sentences> = { vi, en };
  const say = (key: string, values: Values = {}): string => fill(catalogues[language.current][key] ?? key, values);
  const of = (prefix: string, name: string): string => catalogues[language.current][`${prefix}.${name}`] ?? name;
  return Object.assign(say, { of }) as unknown as Words<V>;
}
