/**
 * What a command runs with. Each setting comes from the highest place that has it:
 * built-in default < global config < func.yaml < environment (`FUNC_...`) < flag.
 */
import type { Command } from "commander";
import type { FunctionConfig } from "../../functions/project/config.ts";
import { UserError, type Io } from "../shared/io.ts";
import { envTwin } from "./flags.ts";
import { readGlobalConfig, type GlobalConfig } from "./global-config.ts";

type Value = string | boolean | readonly string[];

/** Where else than in flags and environment a setting may come from. */
interface Places {
  readonly global?: keyof GlobalConfig;
  readonly project?: (config: FunctionConfig) => Value | undefined;
}

/** By the name of the flag; those that are not here only come from flags and environment. */
const PLACES: Readonly<Record<string, Places>> = {
  "base-image": { project: ({ build }) => build?.baseImage },
  builder: { global: "builder", project: ({ build }) => build?.builder },
  confirm: { global: "confirm" },
  deployer: { global: "deployer", project: ({ deployer, deploy }) => deployer ?? deploy?.deployer },
  domain: { project: ({ domain }) => domain },
  format: { project: ({ invoke }) => invoke },
  "git-branch": { project: ({ build }) => build?.git?.revision },
  "git-dir": { project: ({ build }) => build?.git?.contextDir },
  "git-url": { project: ({ build }) => build?.git?.url },
  image: { project: ({ image }) => image },
  "image-pull-secret": { project: ({ deploy }) => deploy?.imagePullSecret },
  language: { global: "language", project: ({ runtime }) => runtime },
  "management-disabled": { project: ({ deploy }) => deploy?.managementDisabled },
  namespace: { global: "namespace", project: ({ namespace, deploy }) => namespace ?? deploy?.namespace },
  "pvc-size": { project: ({ build }) => build?.pvcSize },
  registry: { global: "registry", project: ({ registry }) => registry },
  "registry-insecure": { global: "registryInsecure", project: ({ registryInsecure }) => registryInsecure },
  "remote-storage-class": { project: ({ build }) => build?.remoteStorageClass },
  "service-account": { project: ({ deploy }) => deploy?.serviceAccountName },
  "start-timeout": { project: ({ run }) => run?.startTimeout },
  verbose: { global: "verbose" },
};

export interface SettingSources {
  /** Those that were given on the command line, by name: `registry-insecure`. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly project?: FunctionConfig;
  readonly global: GlobalConfig;
}

export type SettingSource = "flag" | "env" | "project" | "global" | "default";

export class Settings {
  readonly #sources: SettingSources;

  constructor(sources: SettingSources) {
    this.#sources = sources;
  }

  /** The same flags, environment and global config, with a function. */
  with(project: FunctionConfig): Settings {
    return new Settings({ ...this.#sources, project });
  }

  /** Undefined when nobody says anything; an empty text counts as nothing except as a flag. */
  text(name: string): string | undefined;
  text(name: string, fallback: string): string;
  text(name: string, fallback?: string): string | undefined {
    const value = this.#find(name).value;
    return value === undefined ? fallback : String(value);
  }

  /** @throws UserError for a value in the environment that is neither true nor false */
  isOn(name: string, fallback = false): boolean {
    const { value, source } = this.#find(name);
    if (value === undefined || typeof value === "boolean") return value ?? fallback;
    return parseSwitch(String(value), source === "env" ? envTwin(name) : `--${name}`);
  }

  /** Of a flag that may be given many times; in the environment the values are set apart by spaces. */
  list(name: string): readonly string[] {
    const { value } = this.#find(name);
    if (value === undefined) return [];
    return typeof value === "object"
      ? value
      : String(value)
          .split(/\s+/)
          .filter((part) => part !== "");
  }

  /** Where the value comes from. */
  source(name: string): SettingSource {
    return this.#find(name).source;
  }

  #find(name: string): { readonly value: Value | undefined; readonly source: SettingSource } {
    const { flags, env, project, global } = this.#sources;
    const places = PLACES[name] ?? {};
    const candidates: readonly (readonly [SettingSource, unknown])[] = [
      ["flag", flags[name]],
      ["env", env[envTwin(name)] || undefined],
      ["project", project === undefined ? undefined : places.project?.(project)],
      ["global", places.global === undefined ? undefined : global[places.global]],
    ];
    const found = candidates.find(([, value]) => value !== undefined);
    return found === undefined ? { value: undefined, source: "default" } : { value: found[1] as Value, source: found[0] };
  }
}

const ON = new Set(["1", "t", "true", "yes", "on"]);
const OFF = new Set(["0", "f", "false", "no", "off"]);

function parseSwitch(text: string, where: string): boolean {
  const lower = text.toLowerCase();
  if (ON.has(lower)) return true;
  if (OFF.has(lower)) return false;
  throw new UserError(`${where} must be true or false, not ${JSON.stringify(text)}`);
}

/** Of a command that was parsed. @throws UserError when the global config is broken */
export function settingsOf(command: Command, io: Pick<Io, "env" | "stderr">): Settings {
  return new Settings({ flags: givenFlags(command), env: io.env, global: readGlobalConfig(io) });
}

function givenFlags(command: Command): Record<string, unknown> {
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === "cli");
  return Object.fromEntries(given.map((option) => [option.name().replace(/^no-/, ""), command.getOptionValue(option.attributeName())]));
}
