import { LiveStream } from '$lib/api/stream';

/** Hears of changes to the day's route while the app is looked at; in the pocket the phone rests. */
export function watchPlan(changed: () => void): () => void {
  let stream: LiveStream | null = null;

  function follow(): void {
    const wanted = document.visibilityState === 'visible' && navigator.onLine;
    if (wanted === (stream !== null)) return;
    if (!wanted) return rest();
    stream = new LiveStream({
      url: '/v1/courier/stream',
      onMessage: (message) => message.event === 'change' && changed(),
      onGap: changed,
    });
    void stream.run();
  }

  function rest(): void {
    stream?.close();
    stream = null;
  }

  follow();
  document.addEventListener('visibilitychange', follow);
  for (const name of ['online', 'offline']) addEventListener(name, follow);
  return () => {
    rest();
    document.removeEventListener('visibilitychange', follow);
    for (const name of ['online', 'offline']) removeEventListener(name, follow);
  };
}
