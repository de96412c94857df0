import type { Command } from "commander";
import type { Io } from "../shared/io.ts";
import { packageVersion } from "../shared/package-version.ts";
import { printerOf, type PrintFlags } from "../shared/print-object.ts";
import { UserError } from "../shared/io.ts";
import { text } from "./flags.ts";
import { leaf } from "./group.ts";
import type { Kn } from "./kn.ts";

/** The APIs that these commands speak, with the level of their definitions. */
const SUPPORTED = {
  serving: ["serving.knative.dev/v1 (knative-serving v0.50.0)"],
  eventing: ["sources.knative.dev/v1 (knative-eventing v0.50.0)", "eventing.knative.dev/v1 (knative-eventing v0.50.0)"],
} as const;

interface VersionInfo {
  readonly Version: string;
  readonly BuildDate: string;
  readonly GitRevision: string;
  readonly SupportedAPIs: Readonly<Record<string, readonly string[]>>;
}

export function versionCommand(kn: Kn, run = runVersion): Command {
  return leaf("version", "", "Show the version of this client")
    .addOption(text("-o, --output <string>", "Output format. One of: json|yaml."))
    .action((_words: string[], flags: PrintFlags) => run(kn.io, flags, packageVersion()));
}

export async function runVersion(io: Io, flags: PrintFlags, version: string): Promise<void> {
  const info: VersionInfo = { Version: version, BuildDate: "", GitRevision: "", SupportedAPIs: SUPPORTED };
  if (flags.output === undefined) io.stdout.write(versionText(info));
  else if (flags.output === "json") io.stdout.write(JSON.stringify(info, null, "\t"));
  else if (flags.output === "yaml") await printerOf(flags)?.(info, io);
  else throw new UserError(`Invalid value for output flag, choose one among json or yaml`);
}

function versionText(info: VersionInfo): string {
  const apis = Object.entries(info.SupportedAPIs).flatMap(([group, versions]) => [
    `* ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
    ...versions.map((version) => `  - ${version}`),
  ]);
  const lines = [
    `Version:      ${info.Version}`,
    `Build Date:   ${info.BuildDate}`,
    `Git Revision: ${info.GitRevision}`,
    "Supported APIs:",
    ...apis,
  ];
  return `${lines.join("\n")}\n`;
}
