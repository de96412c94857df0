/** The configuration file of `kn`: plugins, profiles, and the template that is written on first use. */
import { lstat, mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isRecord } from "../../../std/json.ts";
import { UserError, type Io } from "../../shared/io.ts";
import type { GlobalFlags } from "../kn.ts";

/** Labels and annotations under one name. */
export interface Profile {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface KnConfig {
  readonly path: string;
  /** Searched for plugins before PATH. */
  readonly pluginsDir: string;
  /** Whether plugins are looked up in PATH too. */
  readonly pathLookup: boolean;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** Prefix of a sink -> the resource that it stands for. */
  readonly sinkMappings: Readonly<Record<string, ResourceName>>;
  /** Alias of a channel type -> its kind. */
  readonly channelTypes: Readonly<Record<string, KindName>>;
}

export interface ResourceName {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const TEMPLATE = `# Configuration of kn. Everything here is optional.
#
#plugins:
#  directory: ~/.config/kn/plugins
#profiles:
#  team:
#    labels:
#    - name: team
#      value: a
#    annotations:
#    - name: example.com/owner
#      value: a
#eventing:
#  sink-mappings:
#  - prefix: deploy
#    group: apps
#    version: v1
#    resource: deployments
#  channel-type-mappings:
#  - alias: kafka
#    group: messaging.knative.dev
#    version: v1beta1
#    kind: KafkaChannel
`;

/** Throws UserError when the file is no YAML. */
export async function loadConfig(io: Pick<Io, "env" | "stderr">, flags: Pick<GlobalFlags, "config" | "pluginsDir">): Promise<KnConfig> {
  const home = await configHome(io);
  const path = flags.config === undefined || flags.config === "" ? join(home, "config.yaml") : flags.config;
  const values = await readConfig(path);
  const plugins = isRecord(values["plugins"]) ? values["plugins"] : {};
  const configured = flags.pluginsDir || textOf(plugins["directory"]) || textOf(values["plugins-dir"]);
  return {
    path,
    pluginsDir: expanded(configured ?? join(home, "plugins"), io),
    pathLookup: plugins["path-lookup"] !== false,
    profiles: profilesOf(values["profiles"]),
    ...eventingOf(values["eventing"]),
  };
}

/** `~/.kn` of old when it is there, else as XDG says. */
async function configHome({ env, stderr }: Pick<Io, "env" | "stderr">): Promise<string> {
  const home = env["HOME"] ?? homedir();
  const legacy = join(home, ".kn");
  const modern = join(home, ".config", "kn");
  if (await exists(legacy)) {
    stderr.write(`WARNING: deprecated kn config directory '${legacy}' detected. Please move your configuration to '${modern}'\n`);
    return legacy;
  }
  const xdg = env["XDG_CONFIG_HOME"];
  return xdg === undefined || xdg === "" ? modern : join(xdg, "kn");
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  if (!(await exists(path))) {
    await writeTemplate(path);
    return {};
  }
  const { parse } = await import("yaml");
  try {
    const value: unknown = parse(await readFile(path, "utf8"));
    return isRecord(value) ? value : {};
  } catch (error) {
    throw new UserError(`cannot read the configuration file ${path}: ${(error as Error).message}`);
  }
}

/** A folder that cannot be written to is no reason to fail. */
async function writeTemplate(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o775 });
    await writeFile(path, TEMPLATE, { mode: 0o600, flag: "wx" });
  } catch {
    // the next start tries again
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function expanded(path: string, { env }: Pick<Io, "env">): string {
  return path === "~" || path.startsWith("~/") ? join(env["HOME"] ?? homedir(), path.slice(1)) : path;
}

function profilesOf(value: unknown): Record<string, Profile> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, profile]) => {
      const { labels, annotations } = isRecord(profile) ? profile : {};
      return [name, { labels: pairsOf(labels), annotations: pairsOf(annotations) }];
    }),
  );
}

function eventingOf(value: unknown): Pick<KnConfig, "sinkMappings" | "channelTypes"> {
  const eventing = isRecord(value) ? value : {};
  const names = (item: Record<string, unknown>) => ({ group: String(item["group"] ?? ""), version: String(item["version"] ?? "") });
  const sinks = recordsOf(eventing["sink-mappings"]);
  const channels = recordsOf(eventing["channel-type-mappings"]);
  return {
    sinkMappings: Object.fromEntries(
      sinks.map((item) => [String(item["prefix"]), { ...names(item), resource: String(item["resource"] ?? "") }]),
    ),
    channelTypes: Object.fromEntries(channels.map((item) => [String(item["alias"]), { ...names(item), kind: String(item["kind"] ?? "") }])),
  };
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** `[{name, value}]` */
function pairsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(recordsOf(value).map((item) => [String(item["name"]), String(item["value"] ?? "")]));
}
