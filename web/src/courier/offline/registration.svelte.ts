/** Whether the page is stored on the phone, and whether a newer one waits. */
class Offline {
  ready = $state(false);
  /** A newer version has been stored and waits to be used. */
  fresh = $state.raw<ServiceWorker | null>(null);

  async register(): Promise<void> {
    if (!('serviceWorker' in navigator)) return;
    const had = navigator.serviceWorker.controller !== null;
    const registration = await navigator.serviceWorker.register('/sw-courier.js', { scope: '/courier' }).catch(() => null);
    if (!registration) return;
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      // The first worker takes over a page it has just stored; only a newer one needs the page anew.
      if (had && this.fresh) location.reload();
    });
    registration.addEventListener('updatefound', () => this.follow(registration.installing));
    if (registration.waiting) this.fresh = registration.waiting;
    await navigator.serviceWorker.ready;
    this.ready = true;
    // Without this a phone that runs short of space may throw away what waits to be sent.
    await navigator.storage?.persist?.();
  }

  useFresh(): void {
    this.fresh?.postMessage('use');
  }

  private follow(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) this.fresh = worker;
    });
  }
}

export const offline = new Offline();
