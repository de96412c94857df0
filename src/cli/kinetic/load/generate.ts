import { Pool } from "undici";
import type { Clock } from "../../../std/clock.ts";
import { loopbackLookup } from "../../shared/transport.ts";
import type { LoadResult } from "./summary.ts";

export interface LoadOptions {
  readonly url: URL;
  readonly connections: number;
  /** Stop starting requests after this long; running ones are awaited. */
  readonly durationMs?: number;
  /** Or after this many. */
  readonly requests?: number;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** Sends requests over `connections` connections, each with one request at a time, as hey does. */
export async function generateLoad(options: LoadOptions, clock: Clock, signal: AbortSignal): Promise<LoadResult> {
  await using pool = closing(
    new Pool(options.url.origin, {
      connections: options.connections,
      pipelining: 1,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      connect: { lookup: loopbackLookup },
    }),
  );
  const run = new Run(options, clock, pool.value);
  await Promise.all(Array.from({ length: options.connections }, () => run.worker(signal)));
  return run.result();
}

function closing(value: Pool): { readonly value: Pool } & AsyncDisposable {
  return { value, [Symbol.asyncDispose]: () => value.destroy() };
}

class Run {
  readonly #options: LoadOptions;
  readonly #clock: Clock;
  readonly #pool: Pool;
  readonly #startMs: number;
  readonly #latencies: number[] = [];
  readonly #firstBytes: number[] = [];
  readonly #statuses = new Map<number, number>();
  readonly #errors = new Map<string, number>();
  #started = 0;
  #bytes = 0;

  constructor(options: LoadOptions, clock: Clock, pool: Pool) {
    this.#options = options;
    this.#clock = clock;
    this.#pool = pool;
    this.#startMs = clock.monotonicMs();
  }

  async worker(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#hasMore()) {
      this.#started += 1;
      await this.#one().catch((error: Error) => add(this.#errors, describe(error)));
    }
  }

  result(): LoadResult {
    return {
      durationMs: this.#clock.monotonicMs() - this.#startMs,
      latenciesMs: Float64Array.from(this.#latencies),
      firstByteMs: Float64Array.from(this.#firstBytes),
      statuses: this.#statuses,
      errors: this.#errors,
      bytes: this.#bytes,
    };
  }

  #hasMore(): boolean {
    const { durationMs, requests } = this.#options;
    if (requests !== undefined && this.#started >= requests) return false;
    return durationMs === undefined || this.#clock.monotonicMs() - this.#startMs < durationMs;
  }

  async #one(): Promise<void> {
    const { url, method, headers, body } = this.#options;
    const start = this.#clock.monotonicMs();
    const answer = await this.#pool.request({ path: url.pathname + url.search, method, headers, ...(body === undefined ? {} : { body }) });
    this.#firstBytes.push(this.#clock.monotonicMs() - start);
    for await (const chunk of answer.body) this.#bytes += (chunk as Buffer).length;
    this.#latencies.push(this.#clock.monotonicMs() - start);
    add(this.#statuses, answer.statusCode);
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function describe(error: Error & { code?: string }): string {
  return error.code === undefined ? error.message : `${error.code}: ${error.message}`;
}
