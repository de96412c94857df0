import { InvalidArgumentError } from "commander";
import type { PortName } from "../../../app/ports.ts";
import type { PlatformOptions, Profile } from "../../../app/platform.ts";
import { UserError, type Io } from "../../shared/io.ts";
import { dataDirectoryOf } from "../running.ts";

/** The flags of `kinetic up` as commander gives them. */
export interface UpFlags {
  readonly dataDir?: string;
  readonly apiPort?: number;
  readonly gatewayPort?: number;
  readonly gatewayTlsPort?: number;
  readonly internalPort?: number;
  readonly registryPort?: number;
  readonly domain?: string;
  readonly profile?: Profile;
  readonly detach?: boolean;
  readonly ephemeral?: boolean;
  readonly readyFile?: string;
  readonly sample?: boolean;
  /** Hidden: of the process that `--detach` starts. */
  readonly startedFile?: string;
  readonly logLevel?: PlatformOptions["logLevel"];
}

const PORTS: Readonly<Record<PortName, "apiPort" | "gatewayPort" | "gatewayTlsPort" | "internalPort" | "registryPort">> = {
  api: "apiPort",
  gateway: "gatewayPort",
  gatewayTls: "gatewayTlsPort",
  internal: "internalPort",
  registry: "registryPort",
};

/** @throws UserError for flags that cannot be had together. */
export function checkFlags(flags: UpFlags): void {
  if (flags.ephemeral === true && flags.dataDir !== undefined)
    throw new UserError("--ephemeral makes a folder of its own: leave out --data-dir");
}

/** `dataDir` is the folder of an ephemeral run, which its caller made and removes. */
export function platformOptions(io: Io, flags: UpFlags, ephemeralFolder: string | undefined): PlatformOptions {
  const ports = Object.entries(PORTS).flatMap(([name, flag]) => (flags[flag] === undefined ? [] : [[name, flags[flag]] as const]));
  return {
    dataDirectory: ephemeralFolder ?? dataDirectoryOf(io, flags.dataDir).path,
    ports: Object.fromEntries(ports),
    ...(flags.domain === undefined ? {} : { domain: flags.domain }),
    profile: flags.profile ?? "default",
    logLevel: flags.logLevel ?? "info",
  };
}

export function port(text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError("a port is a number from 1 to 65535, or 0 for any free one");
  }
  return value;
}

export function domain(text: string): string {
  if (text.length > 200 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)) {
    throw new InvalidArgumentError("a domain is made of lower-case letters, digits, dashes and dots");
  }
  return text;
}
