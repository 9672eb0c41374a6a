import { keepFix } from '../send/positions';
import { sender } from '../send/sender.svelte';
import { store } from '../store/schema';
import { clock } from './clock.svelte';
import { isWorthKeeping, type Place } from './place';

const SEND_EVERY_MS = 60_000;

/** Where the courier is, while papers are out. Kept on the phone first, sent in batches. */
class Tracker {
  place = $state.raw<Place | null>(null);
  state = $state<'off' | 'on' | 'refused'>('off');
  private watch: number | null = null;
  private kept: Place | null = null;
  private sentAt = 0;

  start(): void {
    if (this.watch !== null || !('geolocation' in navigator)) return;
    this.state = 'on';
    const options = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 60_000 };
    this.watch = navigator.geolocation.watchPosition((found) => void this.take(found), (error) => this.miss(error), options);
  }

  stop(): void {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
    if (this.state === 'on') this.state = 'off';
  }

  private miss(error: GeolocationPositionError): void {
    if (error.code !== error.PERMISSION_DENIED) return;
    this.stop();
    this.state = 'refused';
  }

  private async take({ coords, timestamp }: GeolocationPosition): Promise<void> {
    const place = { lon: coords.longitude, lat: coords.latitude, accuracyM: coords.accuracy, at: timestamp };
    this.place = place;
    if (!sender.userId || !isWorthKeeping(this.kept, place)) return;
    this.kept = place;
    const fix = {
      lon: round(place.lon),
      lat: round(place.lat),
      occurred_at: new Date(clock.corrected(timestamp)).toISOString(),
      accuracy_m: coords.accuracy,
      ...(coords.speed !== null && { speed_mps: coords.speed }),
      ...(coords.heading !== null && !Number.isNaN(coords.heading) && { heading_deg: coords.heading }),
    };
    await keepFix(await store(), sender.userId, fix);
    if (timestamp - this.sentAt < SEND_EVERY_MS) return;
    this.sentAt = timestamp;
    sender.go();
  }
}

/** Six decimals of a degree are a tenth of a metre. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

export const tracker = new Tracker();
