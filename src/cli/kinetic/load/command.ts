import { Command, InvalidArgumentError } from "commander";
import { parseGoDuration } from "../../../std/duration.ts";
import { systemClock } from "../../../std/clock.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { generateLoad, type LoadOptions } from "./generate.ts";
import { formatSummary, reportOf } from "./summary.ts";

interface Flags {
  readonly connections: number;
  readonly duration?: number;
  readonly requests?: number;
  readonly method: string;
  readonly header: readonly string[];
  readonly host?: string;
  readonly data?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

const DEFAULT_REQUESTS = 200;

export function loadCommand(io: Io): Command {
  return new Command("load")
    .description("send requests to a URL and print how they were answered")
    .argument("<url>", "http URL; every name under .localhost is this machine", url)
    .option("-c, --connections <n>", "connections, each with one request at a time", positive, 50)
    .option("-d, --duration <time>", "how long to start requests, e.g. 30s", duration)
    .option("-n, --requests <n>", `how many requests (default ${DEFAULT_REQUESTS} without -d)`, positive)
    .option("-m, --method <method>", "HTTP method", "GET")
    .option("-H, --header <name:value>", "header, may be repeated", collect, [])
    .option("--host <host>", "Host header")
    .option("--data <text>", "request body")
    .option("-t, --timeout <time>", "how long one request may take", duration, 60_000)
    .option("--json", "print one JSON object")
    .action(async (target: URL, flags: Flags) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      process.once("SIGINT", interrupt);
      const result = await generateLoad(optionsOf(target, flags), systemClock, stop.signal);
      process.off("SIGINT", interrupt);
      io.stdout.write(flags.json === true ? `${JSON.stringify(reportOf(result))}\n` : formatSummary(result));
      if (result.errors.size > 0 && result.statuses.size === 0) throw new UserError(`no request was answered by ${target.origin}`);
    });
}

function optionsOf(target: URL, flags: Flags): LoadOptions {
  const headers = Object.fromEntries(flags.header.map(splitHeader));
  const limit = flags.requests ?? (flags.duration === undefined ? DEFAULT_REQUESTS : undefined);
  return {
    url: target,
    connections: flags.connections,
    ...(flags.duration === undefined ? {} : { durationMs: flags.duration }),
    ...(limit === undefined ? {} : { requests: limit }),
    method: flags.method.toUpperCase(),
    headers: flags.host === undefined ? headers : { ...headers, host: flags.host },
    ...(flags.data === undefined ? {} : { body: flags.data }),
    timeoutMs: flags.timeout,
  };
}

function url(text: string): URL {
  const parsed = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (parsed === null || parsed.protocol !== "http:") throw new InvalidArgumentError("it must be an http URL");
  return parsed;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000) throw new InvalidArgumentError("it must be a whole number above 0");
  return value;
}

function duration(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (ms === undefined || ms <= 0) throw new InvalidArgumentError("it must be a time like 30s or 1m");
  return ms;
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function splitHeader(text: string): [string, string] {
  const colon = text.indexOf(":");
  if (colon < 1) throw new UserError(`-H takes name:value, not "${text}"`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}
