import type { Clock } from "../../../std/clock.ts";
import type { TokenRequest, TokenSource } from "./volumes.ts";

/** A token is replaced when this share of its life, or a day, is over: a kubelet's rule. */
const LIFE_SHARE = 0.8;
const MAX_AGE_MS = 24 * 3600 * 1000;

interface Issued {
  readonly token: Promise<string>;
  /** Milliseconds of the monotonic clock. */
  readonly renewAt: number;
}

/** The tokens of one pod: each is asked for once and again when it grows old. */
export class TokenCache implements TokenSource {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  readonly #issued = new Map<string, Issued>();

  constructor(source: TokenSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** When the first of them grows old, milliseconds of the monotonic clock; Infinity when there are none. */
  get renewAt(): number {
    return Math.min(Infinity, ...Array.from(this.#issued.values(), ({ renewAt }) => renewAt));
  }

  token(request: TokenRequest): Promise<string> {
    const key = `${request.serviceAccount}\n${request.audience ?? ""}\n${request.expirationSeconds}`;
    const known = this.#issued.get(key);
    const now = this.#clock.monotonicMs();
    if (known !== undefined && now < known.renewAt) return known.token;
    const token = this.#source.token(request);
    this.#issued.set(key, { token, renewAt: now + Math.min(MAX_AGE_MS, request.expirationSeconds * 1000 * LIFE_SHARE) });
    token.catch(() => this.#issued.delete(key)); // the next one asks again
    return token;
  }
}
