import { isRecord } from "../../../std/json.ts";
import { ConfigError, type ConfigData } from "../parse.ts";
import { recordOf, textOf, yamlRecord } from "./yaml.ts";

export const CHANNEL_DEFAULTS_CONFIG = "default-ch-webhook";
export const BROKER_CHANNEL_CONFIG = "config-br-default-channel";
const DEFAULTS_KEY = "default-ch-config";
const TEMPLATE_KEY = "channel-template-spec";

/** The kind of channel that stands behind a Channel, Sequence, Parallel or Broker. */
export interface ChannelTemplate {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** `default-ch-webhook`. */
export interface ChannelDefaults {
  readonly cluster: ChannelTemplate | undefined;
  readonly namespaces: Readonly<Record<string, ChannelTemplate>>;
}

/** Throws ConfigError. */
export function parseChannelDefaults(data: ConfigData = {}): ChannelDefaults {
  const root = yamlRecord(data[DEFAULTS_KEY], DEFAULTS_KEY) ?? {};
  const namespaces = Object.entries(recordOf(root["namespaceDefaults"]));
  return {
    cluster: isRecord(root["clusterDefault"]) ? templateOf(root["clusterDefault"], "clusterDefault") : undefined,
    namespaces: Object.fromEntries(namespaces.map(([name, value]) => [name, templateOf(recordOf(value), name)])),
  };
}

/** `config-br-default-channel`. Our journal stands behind every Broker, so only its form matters. Throws ConfigError. */
export function parseBrokerChannel(data: ConfigData = {}): ChannelTemplate | undefined {
  const root = yamlRecord(data[TEMPLATE_KEY], TEMPLATE_KEY);
  return root === undefined ? undefined : templateOf(root, TEMPLATE_KEY);
}

export function channelTemplateFor({ cluster, namespaces }: ChannelDefaults, namespace: string): ChannelTemplate | undefined {
  return namespaces[namespace] ?? cluster;
}

function templateOf(value: Readonly<Record<string, unknown>>, what: string): ChannelTemplate {
  const apiVersion = textOf(value["apiVersion"]);
  const kind = textOf(value["kind"]);
  if (apiVersion === undefined || kind === undefined) throw new ConfigError(`${what} needs an apiVersion and a kind`);
  return { apiVersion, kind, ...(isRecord(value["spec"]) ? { spec: value["spec"] } : {}) };
}
