import type { Readable } from "node:stream";
import type { Clock } from "../../../../std/clock.ts";
import type { LogStream } from "../../logs/cri.ts";
import type { LogWriter } from "../../logs/log-writer.ts";

/** Bytes that may wait for the disk before the program has to. */
const HIGH_WATER = 1024 * 1024;
/** What one container may log: bursts of BURST bytes, then RATE bytes a second. */
const BURST = 16 * 1024 * 1024;
const RATE = 2 * 1024 * 1024;

/**
 * Carries a container's streams into its log.
 *
 * - I1 a program that logs faster than RATE is slowed down by its own pipe; neighbours and the disk are not.
 * - I2 nothing is dropped.
 */
export class LogPump {
  readonly #writer: LogWriter;
  readonly #clock: Clock;
  #tokens = BURST;
  #at: number;

  constructor(writer: LogWriter, clock: Clock) {
    this.#writer = writer;
    this.#clock = clock;
    this.#at = clock.monotonicMs();
  }

  attach(stream: LogStream, source: Readable): void {
    source.on("data", (chunk: Buffer) => {
      this.#writer.write(stream, chunk);
      const waitMs = this.#spend(chunk.length);
      if (waitMs === 0 && this.#writer.pending < HIGH_WATER) return;
      source.pause();
      void this.#resume(source, waitMs);
    });
    source.on("error", () => {});
  }

  async #resume(source: Readable, waitMs: number): Promise<void> {
    await this.#writer.flushed();
    this.#clock.setTimer(waitMs, () => source.resume());
  }

  /** Milliseconds until the bucket is positive again; 0 while it is. */
  #spend(bytes: number): number {
    const now = this.#clock.monotonicMs();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * RATE) - bytes;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / RATE) * 1000;
  }
}
