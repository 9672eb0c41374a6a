import createClient, { type MaybeOptionalInit, type Middleware } from 'openapi-fetch';
import type { HttpMethod, PathsWithMethod } from 'openapi-typescript-helpers';
import type { paths } from '../../client/schema';
import { ApiProblem } from './problem';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A cookie's value by name, or an empty string. */
export function cookie(name: string, jar: string = document.cookie): string {
  const found = jar.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}

/** The headers that a write with the session cookie needs: the double-submit token. */
export function writeHeaders(): Record<string, string> {
  return { 'X-CSRF-Token': cookie('buuta_csrf') };
}

const guard: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) {
      for (const [name, value] of Object.entries(writeHeaders())) request.headers.set(name, value);
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await ApiProblem.from(response);
    return response;
  },
};

const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin', fetch: (request) => fetch(request) });
client.use(guard);

type Json<R> = R extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Success<R> = { [S in keyof R]: S extends 200 | 201 | 202 ? Json<R[S]> : never }[keyof R];

/** What a path answers when it succeeds, straight from the OpenAPI (openapi-fetch's own type widens pairs to lists). */
export type Answer<P extends keyof paths, M extends HttpMethod> = paths[P] extends Record<M, { responses: infer R }> ? Success<R> : never;

type Init<P extends keyof paths, M extends HttpMethod> = M extends keyof paths[P] ? MaybeOptionalInit<paths[P], M> : never;
type Arguments<P extends keyof paths, M extends HttpMethod> = {} extends Init<P, M> ? [init?: Init<P, M>] : [init: Init<P, M>];
type Caller<M extends HttpMethod> = <P extends PathsWithMethod<paths, M>>(path: P, ...init: Arguments<P, M>) => Promise<Answer<P, M>>;

/** A method of the typed client that gives the body; a refused answer is thrown as `ApiProblem`. */
function caller<M extends HttpMethod>(method: M): Caller<M> {
  return async (path, ...init) => {
    const call = client.request as (m: string, p: string, i?: unknown) => Promise<{ data?: unknown }>;
    return (await call(method, path, init[0])).data as never;
  };
}

export const get = caller('get');
export const post = caller('post');
export const put = caller('put');
export const del = caller('delete');
