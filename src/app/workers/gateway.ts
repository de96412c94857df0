/** The gateway's thread: traffic is not slowed by the control plane's work. */
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../std/clock.ts";
import { collectWhenQuiet } from "../parts/memory-saver.ts";
import { createLogger, type LoggerOptions } from "../../telemetry/logger.ts";
import { runGatewayThread } from "../../traffic/gateway/thread/run.ts";

collectWhenQuiet();
if (parentPort === null) throw new Error("this module is a worker's entry");
runGatewayThread(parentPort, { clock: systemClock, random: Math.random, logger: createLogger(workerData as LoggerOptions) });
