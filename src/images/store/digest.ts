import { createHash, type Hash } from "node:crypto";

/** Hex digits of the digest algorithms that the image specification registers. */
const HEX_LENGTH: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

export type DigestAlgorithm = "sha256" | "sha512";

/** The algorithm and hex part of a well-formed digest of a known algorithm, else undefined. */
export function parseDigest(text: string): { readonly algorithm: DigestAlgorithm; readonly hex: string } | undefined {
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  const hex = text.slice(colon + 1);
  return hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex) ? { algorithm: algorithm as DigestAlgorithm, hex } : undefined;
}

/** Makes a digest piece by piece. */
export class Digester {
  readonly #algorithm: DigestAlgorithm;
  readonly #hash: Hash;

  constructor(algorithm: DigestAlgorithm) {
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Of what came so far; more may follow. */
  digest(): string {
    return `${this.#algorithm}:${this.#hash.copy().digest("hex")}`;
  }
}

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
