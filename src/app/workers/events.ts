/** The event plane's thread: events are kept and delivered beside the control plane's work. */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../std/clock.ts";
import { runEventThread } from "../../events/thread/run.ts";
import { createLogger, type LoggerOptions } from "../../telemetry/logger.ts";
import { collectWhenQuiet } from "../parts/memory-saver.ts";

collectWhenQuiet();
if (parentPort === null) throw new Error("this module is a worker's entry");
runEventThread(parentPort, { clock: systemClock, random: Math.random, logger: createLogger(workerData as LoggerOptions) });
