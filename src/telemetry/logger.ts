import { pino } from "pino";
import type { LogFields, Logger } from "../std/logger.ts";
import { LogFile, type RotationLimits } from "./log-file.ts";

export interface LoggerOptions {
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  /** A file, else standard error. Lines are JSON. */
  readonly file?: string;
  /** Of the file. */
  readonly rotation?: RotationLimits;
}

/** The logger of a real run: pino, one JSON object a line. */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.file === undefined ? pino.destination({ fd: 2, sync: true }) : new LogFile(options.file, options.rotation);
  return wrap(
    pino(
      { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: pino.stdSerializers.err } },
      destination,
    ),
  );
}

function wrap(logger: pino.Logger): Logger {
  const write = (level: "debug" | "info" | "warn" | "error") => (message: string, fields?: LogFields) =>
    logger[level](fields ?? {}, message);
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (fields) => wrap(logger.child(fields)),
  };
}
