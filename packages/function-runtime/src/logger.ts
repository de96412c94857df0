import { formatWithOptions } from "node:util";

const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: Infinity } as const;

export type LogLevel = keyof typeof LEVELS;
type Write = (first: unknown, ...more: unknown[]) => void;

/** One JSON object a line, with the fields that pino has. */
export interface Logger extends Readonly<Record<Exclude<LogLevel, "silent">, Write>> {
  readonly level: string;
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

interface Sink {
  readonly level: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

export function isLogLevel(text: string): text is LogLevel {
  return Object.hasOwn(LEVELS, text);
}

export function makeLogger(sink: Sink): Logger {
  const least = isLogLevel(sink.level) ? LEVELS[sink.level] : LEVELS.warn;
  const at =
    (name: LogLevel): Write =>
    (first, ...more) => {
      if (LEVELS[name] >= least) sink.write(`${lineOf(sink, LEVELS[name], [first, ...more])}\n`);
    };
  return {
    level: sink.level,
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    child: (fields) => makeLogger({ ...sink, fields: { ...sink.fields, ...fields } }),
  };
}

/** An object first gives fields, an error its name, message and stack; the rest is the message, formatted as console.log does. */
function lineOf({ fields, now }: Sink, level: number, [first, ...more]: readonly unknown[]): string {
  const isFields = typeof first === "object" && first !== null;
  const own = first instanceof Error ? { err: errorFields(first) } : isFields ? withErrors(first) : {};
  const words = isFields ? more : [first, ...more];
  const msg =
    words.length > 0 ? formatWithOptions({ breakLength: Infinity }, ...words) : first instanceof Error ? first.message : undefined;
  const line = { level, time: now(), ...fields, ...own, msg };
  try {
    return JSON.stringify(line);
  } catch {
    return JSON.stringify({ level, time: now(), ...fields, msg: formatWithOptions({ breakLength: Infinity }, first, ...more) });
  }
}

function withErrors(fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? errorFields(value) : value]));
}

function errorFields(error: Error): object {
  return { type: error.name, message: error.message, stack: error.stack };
}
