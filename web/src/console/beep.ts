let context: AudioContext | null = null;

/** A short tone: high for a code that is right, low and longer for one that is not. Eyes may stay on the papers. */
export function beep(right: boolean): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  const [tone, loudness] = [context.createOscillator(), context.createGain()];
  const seconds = right ? 0.07 : 0.28;
  tone.frequency.value = right ? 1046 : 196;
  tone.type = right ? 'sine' : 'square';
  loudness.gain.value = 0.08;
  tone.connect(loudness).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + seconds);
}
