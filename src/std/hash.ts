const FIRST_PRIME = 0x01000193;
const SECOND_PRIME = 0x85ebca6b;

/** A whole number below 2^53 that stands for the text where chance, not an enemy, chooses the texts. */
export function hash53(text: string): number {
  let low = 0x811c9dc5;
  let high = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, FIRST_PRIME);
    high = Math.imul(high ^ unit, SECOND_PRIME);
    high ^= high >>> 15;
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
