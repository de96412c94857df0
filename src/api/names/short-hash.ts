import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** The letters of Kubernetes' generated names. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** `length` letters (at most 32) that stand for the text in a name; 10 letters are 47 bits. */
export function shortHash(text: string, length = 10): string {
  return Array.from(sha256(utf8ToBytes(text)).subarray(0, length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
