import type { Clock } from "../../../std/clock.ts";
import type { TokenRequest, TokenSource } from "./volumes.ts";

/** A token is replaced when this share of its life, or a day, is over: a kubelet's rule. */
const LIFE_SHARE = 0.8;
const MAX_AGE_MS = 24 * 3600 * 1000;

/** An account that is not there may come. */
const REFUSED_RETRY_MS = 10_000;

interface Issued {
  /** Undefined when it was refused: nobody is served with that, but a timer asks again. */
  readonly token: Promise<string | undefined> | undefined;
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

  async token(request: TokenRequest): Promise<string | undefined> {
    const key = `${request.serviceAccount}\n${request.audience ?? ""}\n${request.expirationSeconds}`;
    const known = this.#issued.get(key);
    const now = this.#clock.monotonicMs();
    if (known?.token !== undefined && now < known.renewAt) return known.token;
    const token = this.#source.token(request);
    this.#issued.set(key, { token, renewAt: now + Math.min(MAX_AGE_MS, request.expirationSeconds * 1000 * LIFE_SHARE) });
    token.catch(() => this.#issued.delete(key)); // the next one asks again
    const answer = await token;
    if (answer === undefined) this.#issued.set(key, { token: undefined, renewAt: this.#clock.monotonicMs() + REFUSED_RETRY_MS });
    return answer;
  }
}
