import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { abortable } from "../../std/abort.ts";
import type { Clock } from "../../std/clock.ts";
import type { BuildContext, LanguagePack, LocalProgram, Outcome } from "../build/contract.ts";
import type { LocalFunction, StartResult } from "./process.ts";
import type { DevProxy } from "./proxy.ts";

/** What a person in front of the terminal is told. */
export type DevEvent =
  | { readonly kind: "building"; readonly isFirst: boolean }
  | { readonly kind: "ready"; readonly elapsedMs: number; readonly isFirst: boolean }
  /** The code that ran before goes on, if there was any. */
  | { readonly kind: "failed"; readonly problem: string; readonly isServing: boolean }
  | { readonly kind: "ended"; readonly how: string };

export interface DevWorld {
  readonly clock: Clock;
  readonly pack: LanguagePack;
  readonly context: Omit<BuildContext, "signal">;
  readonly proxy: Pick<DevProxy, "swap" | "failed" | "lost">;
  start(program: LocalProgram, signal: AbortSignal): Promise<StartResult>;
  tell(event: DevEvent): void;
}

/** What is under way in the old code when the new one takes over may go on for this long. */
export const DRAIN_MS = 10_000;
const STOP_GRACE_MS = 2_000;

/** Builds, starts and swaps, again after each change. The newest change wins; a version that does not run changes nothing. */
export class DevSession {
  readonly #world: DevWorld;
  #changed = Promise.withResolvers<void>();
  #isChanged = false;
  #current: { readonly running: LocalFunction; readonly folder: string } | undefined;
  readonly #retiring = new Set<Promise<void>>();

  constructor(world: DevWorld) {
    this.#world = world;
  }

  /** Something that matters was saved. */
  changed(): void {
    this.#isChanged = true;
    this.#changed.resolve();
  }

  /** Runs until the signal aborts; leaves no process behind. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for (let isFirst = true; ; isFirst = false) {
        this.#isChanged = false;
        this.#changed = Promise.withResolvers<void>();
        await this.#round(isFirst, signal);
        await abortable(this.#changed.promise, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (this.#current !== undefined) this.#retire(this.#current, Promise.resolve());
      await Promise.all(this.#retiring);
    }
  }

  async #round(isFirst: boolean, signal: AbortSignal): Promise<void> {
    const startMs = this.#world.clock.monotonicMs();
    this.#world.tell({ kind: "building", isFirst });
    const folder = await mkdtemp(join(tmpdir(), "kinetic-dev-"));
    let isUsed = false;
    try {
      const built = await this.#world.pack.local({ ...this.#world.context, signal }, folder);
      if (this.#isChanged) return; // built from what is old already
      if (built.kind !== "ok") return this.#fail(problemOf(built));
      const started = await this.#world.start(built.value, signal);
      if (started.kind === "failed") return this.#fail(started.message);
      isUsed = true;
      this.#take(started.running, folder);
      this.#world.tell({ kind: "ready", elapsedMs: this.#world.clock.monotonicMs() - startMs, isFirst });
    } finally {
      if (!isUsed) await rm(folder, { recursive: true, force: true });
    }
  }

  #take(running: LocalFunction, folder: string): void {
    const old = this.#current;
    this.#current = { running, folder };
    const drained = this.#world.proxy.swap(running.port, DRAIN_MS);
    if (old !== undefined) this.#retire(old, drained);
    void running.ended.then((how) => {
      if (this.#current?.running !== running) return;
      this.#current = undefined;
      this.#world.proxy.lost(running.port);
      this.#world.tell({ kind: "ended", how });
    });
  }

  #retire({ running, folder }: { readonly running: LocalFunction; readonly folder: string }, drained: Promise<void>): void {
    if (this.#current?.running === running) this.#current = undefined;
    const work = drained
      .then(() => running.stop(STOP_GRACE_MS))
      .then(() => rm(folder, { recursive: true, force: true }))
      .finally(() => this.#retiring.delete(work));
    this.#retiring.add(work);
  }

  #fail(problem: string): void {
    this.#world.proxy.failed(problem);
    this.#world.tell({ kind: "failed", problem, isServing: this.#current !== undefined });
  }
}

function problemOf(outcome: Exclude<Outcome<unknown>, { kind: "ok" }>): string {
  if (outcome.kind === "failed") return outcome.output.trim();
  return [outcome.message, outcome.hint ?? ""].filter((text) => text !== "").join("\n");
}
