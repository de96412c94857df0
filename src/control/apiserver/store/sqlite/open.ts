import { Worker } from "node:worker_threads";
import type { Clock } from "../../../../std/clock.ts";
import type { Logger } from "../../../../std/logger.ts";
import { moduleUrl } from "../../../../std/module-url.ts";
import type { Store } from "../contract.ts";
import type { OpenFailure } from "./folder.ts";
import type { FromWorker, WorkerSetup } from "./messages.ts";
import type { Tuning } from "./open-sequencer.ts";
import { SqliteStore } from "./sqlite-store.ts";

export type { OpenFailure } from "./folder.ts";

export interface SqliteStoreOptions {
  /** Made when missing, with mode 0700. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tuning?: Tuning;
}

/** Texts pass through the thread; little of them has to survive a collection. */
const YOUNG_MB = 3;

export type OpenResult = { readonly kind: "ok"; readonly store: Store } | OpenFailure;

/** Opens the store in `directory`, or makes one there. A failure is for people; a defect of the program is thrown. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<OpenResult> {
  const { directory, clock, logger, tuning = {} } = options;
  const startedMs = clock.monotonicMs();
  const setup: WorkerSetup = { folder: directory, tuning };
  const worker = new Worker(moduleUrl(import.meta.url, "./worker"), {
    workerData: setup,
    name: "store",
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  const answer = await firstMessage(worker);
  if (answer.kind === "refused") return answer.failure;
  if (answer.kind !== "opened") throw new Error(`the store's thread began with ${answer.kind}`);
  logger.info("store opened", { revision: answer.revision, ms: Math.round(clock.monotonicMs() - startedMs) });
  return { kind: "ok", store: new SqliteStore(worker, answer.revision, logger) };
}

function firstMessage(worker: Worker): Promise<FromWorker> {
  const { promise, resolve, reject } = Promise.withResolvers<FromWorker>();
  const ended = () => reject(new Error("the store's thread ended before it answered"));
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", ended);
  return promise.finally(() => worker.off("error", reject).off("exit", ended));
}
