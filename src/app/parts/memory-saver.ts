import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { BroadcastChannel } from "node:worker_threads";
import type { Clock, Timer } from "../../std/clock.ts";

const SAMPLE_MS = 500;
/** Share of one core; below it the platform does its heartbeats and nothing else. */
const QUIET_SHARE = 0.1;
const QUIET_SAMPLES = 4;
/** What collecting twice may take; more CPU without a quiet sample in between is work. */
const COLLECTOR_MS_PER_MB = 3;

/** The process as the saver sees it. */
export interface SaverHost {
  /** CPU time of all threads so far. */
  cpuMs(): number;
  residentMb(): number;
  setSaving(on: boolean): void;
}

/**
 * Gives memory back once after each burst of work.
 *
 * V8 collects when it needs room: what a burst leaves behind would stay as long as nothing happens. Two seconds into quiet
 * its memory saver mode is turned on, in which the collector of every thread marks beside the program, compacts and returns
 * pages. When work comes it is turned off, because there it would collect all the time.
 */
export function startMemorySaver(clock: Clock, host: SaverHost): Disposable {
  let timer: Timer;
  const quiet = new QuietDetector(clock, host);
  let saving = false;
  const sample = () => {
    const isQuiet = quiet.sample();
    if (isQuiet !== saving) host.setSaving(isQuiet);
    saving = isQuiet;
    next();
  };
  const next = () => {
    timer = clock.setTimer(SAMPLE_MS, sample);
    timer.unref();
  };
  next();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}

class QuietDetector {
  readonly #clock: Clock;
  readonly #host: SaverHost;
  #last: { readonly atMs: number; readonly cpuMs: number };
  #quietSamples = 0;
  /** CPU time until quiet is over. */
  #spareMs = 0;

  constructor(clock: Clock, host: SaverHost) {
    this.#clock = clock;
    this.#host = host;
    this.#last = { atMs: clock.monotonicMs(), cpuMs: host.cpuMs() };
  }

  sample(): boolean {
    const now = { atMs: this.#clock.monotonicMs(), cpuMs: this.#host.cpuMs() };
    const usedMs = now.cpuMs - this.#last.cpuMs;
    const isQuiet = usedMs < QUIET_SHARE * (now.atMs - this.#last.atMs);
    this.#last = now;
    this.#quietSamples = isQuiet ? this.#quietSamples + 1 : 0;
    if (this.#quietSamples >= QUIET_SAMPLES) this.#spareMs = COLLECTOR_MS_PER_MB * this.#host.residentMb();
    else this.#spareMs -= usedMs;
    return this.#spareMs > 0;
  }
}

const QUIET_CHANNEL = "kinetic-quiet";
/** V8's default of 8 s is counted from the last collection on; the saver itself waits for quiet. */
const REDUCER_DELAY_MS = 2000;

/** This process. V8 reads these flags when it uses them, in all threads. */
export function thisProcess(): SaverHost {
  setFlagsFromString(`--memory-reducer-delay-ms=${REDUCER_DELAY_MS}`);
  setFlagsFromString("--expose-gc"); // in threads that start later
  const quiet = new BroadcastChannel(QUIET_CHANNEL).unref();
  return {
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    residentMb: () => process.memoryUsage.rss() / 1e6,
    setSaving: (on) => {
      setFlagsFromString(on ? "--memory-saver-mode" : "--no-memory-saver-mode");
      if (on) quiet.postMessage("quiet");
    },
  };
}

/** Above it, collecting at once would be felt (1 ms for each MB), and V8 finds a heap of that size worth while itself. */
const SMALL_HEAP_BYTES = 32e6;

/** Lets this thread collect all it can when the process becomes quiet, if its heap is too small for V8 to do so. */
export function collectWhenQuiet(): void {
  new BroadcastChannel(QUIET_CHANNEL).unref().onmessage = () => {
    if (getHeapStatistics().used_heap_size > SMALL_HEAP_BYTES) return;
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  };
}
