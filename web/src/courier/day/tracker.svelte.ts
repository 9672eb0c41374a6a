import { keepFix } from '../send/positions';
import { sender } from '../send/sender.svelte';
import { store } from '../store/schema';
import { clock } from './clock.svelte';

export interface Place {
  lon: number;
  lat: number;
  accuracyM: number;
  /** Device time in ms. */
  at: number;
}

const EVERY_MS = 15_000;
const MOVED_M = 40;
const SEND_EVERY_MS = 60_000;
const EARTH_M = 6_371_008.8;

/** Metres between two near places on the sphere (equirectangular: exact enough below a few kilometres). */
export function metres(a: Pick<Place, 'lon' | 'lat'>, b: Pick<Place, 'lon' | 'lat'>): number {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return EARTH_M * Math.hypot(x, (b.lat - a.lat) * rad);
}

/** Whether a place tells more than the one kept before: a quarter of a minute later, or a street's width away. */
export function isWorthKeeping(before: Place | null, place: Place): boolean {
  return !before || place.at - before.at >= EVERY_MS || metres(before, place) >= MOVED_M;
}

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
