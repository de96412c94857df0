/** `~/.config/func/config.yaml`: what a user wants for all functions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Shape } from "../../functions/project/shape.ts";
import { problemsText, readShaped } from "../../functions/project/shaped-text.ts";
import { UserError, type Io } from "../shared/io.ts";

export interface GlobalConfig {
  readonly builder?: string;
  readonly confirm?: boolean;
  readonly deployer?: string;
  readonly language?: string;
  readonly namespace?: string;
  readonly registry?: string;
  readonly registryInsecure?: boolean;
  readonly verbose?: boolean;
}

const text: Shape = { kind: "text" };
const flag: Shape = { kind: "flag" };
const SHAPE: Shape = {
  kind: "fields",
  fields: {
    builder: text,
    confirm: flag,
    deployer: text,
    language: text,
    namespace: text,
    registry: text,
    registryInsecure: flag,
    verbose: flag,
  },
};

type Env = Io["env"];

/** `~/.config/func`, or below XDG_CONFIG_HOME. */
export function configFolder(env: Env): string {
  const above = env["XDG_CONFIG_HOME"] ?? "";
  return above === "" ? join(env["HOME"] ?? "", ".config", "func") : join(above, "func");
}

export function configFile(env: Env): string {
  return env["FUNC_CONFIG_FILE"] || join(configFolder(env), "config.yaml");
}

export function repositoriesFolder(env: Env): string {
  return env["FUNC_REPOSITORIES_PATH"] || join(configFolder(env), "repositories");
}

/** Empty without a file; one that may not be read is left out with a warning. @throws UserError with all mistakes */
export function readGlobalConfig({ env, stderr }: Pick<Io, "env" | "stderr">): GlobalConfig {
  const path = configFile(env);
  const { value, problems } = readShaped(contentOf(path, stderr), SHAPE);
  if (problems.length === 0) return value as GlobalConfig;
  throw new UserError(problemsText(path, problems));
}

function contentOf(path: string, stderr: Io["stderr"]): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") stderr.write(`Warning: the configuration is left out: ${message}\n`);
    return "";
  }
}
