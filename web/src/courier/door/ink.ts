/** A pen's point in units of the pad's width: a signature is drawn again at any size. */
export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** Height of the pad as a share of its width. */
export const PAD_RATIO = 0.5;
/** Below this length of ink, in pad widths, it is a touch by mistake and no signature. */
const LEAST_INK = 0.15;
const WIDTH_PX = 800;
const PEN = 0.007;
const INK = '#0b1a3a';

/** Length of all strokes in pad widths. */
export function inkLength(strokes: readonly Stroke[]): number {
  let length = 0;
  for (const stroke of strokes) {
    stroke.forEach(([x, y], index) => {
      const before = stroke[index - 1];
      if (before) length += Math.hypot(x - before[0], y - before[1]);
    });
  }
  return length;
}

export function isSigned(strokes: readonly Stroke[]): boolean {
  return inkLength(strokes) >= LEAST_INK;
}

/** Draws strokes over a canvas of `width` device pixels, smooth through the middles between points. */
export function drawInk(context: CanvasRenderingContext2D, strokes: readonly Stroke[], width: number, ink = INK): void {
  context.lineCap = context.lineJoin = 'round';
  context.strokeStyle = ink;
  context.lineWidth = PEN * width;
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]): Point => [x * width, y * width]);
    const [first, ...rest] = points;
    if (!first) continue;
    context.beginPath();
    context.moveTo(...first);
    if (!rest.length) context.lineTo(first[0] + 0.1, first[1]);
    rest.forEach((point, index) => {
      const next = rest[index + 1] ?? point;
      context.quadraticCurveTo(...point, (point[0] + next[0]) / 2, (point[1] + next[1]) / 2);
    });
    context.stroke();
  }
}

/** The signature as a PNG on white, whatever the phone's screen is. */
export async function signaturePng(strokes: readonly Stroke[]): Promise<ArrayBuffer> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [WIDTH_PX, WIDTH_PX * PAD_RATIO];
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawInk(context, strokes, WIDTH_PX);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('no picture');
  return blob.arrayBuffer();
}
