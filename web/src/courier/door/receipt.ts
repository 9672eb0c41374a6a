/** Crockford's base 32, as the server reads codes off paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The code that a citizen keeps of a collected dossier: the last 40 bits of the proof's id and a check character. */
export function receiptCode(id: string): string {
  const bits = BigInt(`0x${id.replaceAll('-', '')}`) & ((1n << 40n) - 1n);
  const body = [35n, 30n, 25n, 20n, 15n, 10n, 5n, 0n].map((shift) => Number((bits >> shift) & 31n));
  const check = body.reduce((sum, value, index) => sum + (2 * index + 1) * value, 0) % 32;
  const text = [...body, check].map((value) => ALPHABET[value]).join('');
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}
