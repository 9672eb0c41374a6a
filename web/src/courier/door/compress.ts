/** What a photo may weigh on the way to the server, in bytes. */
export const PHOTO_BYTES = 300_000;

/** Tries from fine to coarse: longest side in pixels and JPEG quality. A door is still recognised at the last. */
const TRIES: readonly (readonly [side: number, quality: number])[] = [
  [1600, 0.8],
  [1600, 0.65],
  [1280, 0.65],
  [1024, 0.6],
  [800, 0.5],
  [640, 0.4],
];

export type Encode = (width: number, height: number, quality: number) => Promise<Blob | null>;

/** The size that fits into a square of `side` pixels, never larger than it was. */
export function fitted(width: number, height: number, side: number): [width: number, height: number] {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** The first encoding that weighs at most `limit` bytes; `null` when none does. */
export async function lightest(width: number, height: number, encode: Encode, limit = PHOTO_BYTES): Promise<Blob | null> {
  for (const [side, quality] of TRIES) {
    const blob = await encode(...fitted(width, height, side), quality);
    if (blob && blob.size <= limit) return blob;
  }
  return null;
}

/** A camera's picture as a JPEG of at most 300 kB. Drawing it anew also drops what the camera wrote into it (place, device). */
export async function compressPhoto(file: Blob): Promise<ArrayBuffer> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const canvas = document.createElement('canvas');
  try {
    const blob = await lightest(picture.width, picture.height, (width, height, quality) => {
      [canvas.width, canvas.height] = [width, height];
      canvas.getContext('2d')?.drawImage(picture, 0, 0, width, height);
      return new Promise((done) => canvas.toBlob(done, 'image/jpeg', quality));
    });
    if (!blob) throw new Error('the picture cannot be made small enough');
    return await blob.arrayBuffer();
  } finally {
    picture.close();
    // Phones give canvas memory back only when it is asked for.
    canvas.width = canvas.height = 0;
  }
}
