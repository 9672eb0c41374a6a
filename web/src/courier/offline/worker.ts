/// <reference lib="webworker" />
/**
 * The service worker of the courier's page: the page opens with no network. It keeps files only; what waits to be sent lies in the
 * page's own store, and calls to the server are never answered from here.
 */
const sw = globalThis as unknown as ServiceWorkerGlobalScope;

/** Put in by the build: every file the page needs, and a hash over them all. */
declare const __PRECACHE__: { version: string; files: string[] };
const { version, files } = __PRECACHE__;

const PAGE = '/courier';
const SHELL = `courier-${version}`;
/** Files loaded on demand (the map): their names hold their hash, so they never grow stale. */
const LATER = 'courier-later';

sw.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'reload' })))));
});

sw.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

sw.addEventListener('message', (event) => {
  if (event.data === 'use') void sw.skipWaiting();
});

sw.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== sw.location.origin) return;
  if (request.mode === 'navigate' && pathname.startsWith(PAGE)) event.respondWith(fromShell(PAGE, request));
  else if (files.includes(pathname)) event.respondWith(fromShell(pathname, request));
  else if (pathname.startsWith('/assets/')) event.respondWith(fromLater(request));
});

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith('courier-') && name !== SHELL && name !== LATER);
  await Promise.all(old.map((name) => caches.delete(name)));
  await sw.clients.claim();
}

async function fromShell(file: string, request: Request): Promise<Response> {
  const cache = await caches.open(SHELL);
  return (await cache.match(file)) ?? fetch(request);
}

async function fromLater(request: Request): Promise<Response> {
  const cache = await caches.open(LATER);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request).catch(() => Response.error());
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}
