const MODULUS = 65_521;

/** Adler-32 (RFC 1950) of a text in UTF-8, unsigned. */
export function adler32(text: string): number {
  let [a, b] = [1, 0];
  for (const byte of new TextEncoder().encode(text)) {
    a = (a + byte) % MODULUS;
    b = (b + a) % MODULUS;
  }
  return b * 65_536 + a;
}
