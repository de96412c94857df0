import type { Option } from "commander";
import type { Destination } from "../../../api/duck/destination.ts";
import type { KindRef } from "../../../api/meta/kind.ts";
import { UserError } from "../../shared/io.ts";
import type { Sections } from "../../shared/sections.ts";
import type { ResourceName } from "../config/config.ts";
import { text } from "../flags.ts";
import { mustGet } from "../get.ts";
import type { Making } from "./commands.ts";

const SERVING = "serving.knative.dev";
const KNATIVE_SERVICE: ResourceName = { group: SERVING, version: "v1", resource: "services" };
const CORE_SERVICE: ResourceName = { group: "", version: "v1", resource: "services" };

/** What a prefix stands for, beside what the configuration says. */
const PREFIXES: Readonly<Record<string, ResourceName>> = {
  ksvc: KNATIVE_SERVICE,
  kservice: KNATIVE_SERVICE,
  broker: { group: "eventing.knative.dev", version: "v1", resource: "brokers" },
  channel: { group: "messaging.knative.dev", version: "v1", resource: "channels" },
  svc: CORE_SERVICE,
  service: CORE_SERVICE,
};

/** `name` without dashes. */
export function sinkOption(name = "sink", short = name === "sink" ? "-s, " : ""): Option {
  const flag = `--${name}`;
  return text(
    `${short}${flag} <string>`,
    `Addressable sink for events: a broker, channel, Knative service, Kubernetes service or URI. Examples: '${flag} broker:nest', ` +
      `'${flag} channel:pipe', '${flag} ksvc:mysvc:mynamespace' for a service of another namespace, '${flag} svc:receiver', ` +
      `'${flag} https://event.receiver.uri', '${flag} group/version/plural:name', or '${flag} receiver' for a Knative service of this namespace.`,
  );
}

/** The destination that a sink flag means: `[prefix:]name[:namespace]` or a URL. Every object is looked up. */
export async function resolveSink(context: Making, sink: string): Promise<Destination> {
  if (/^https?:/.test(sink)) return { uri: sink };
  const [prefix, name, namespace] = sink.includes(":") ? splitInThree(sink) : ["ksvc", sink, ""];
  const resource = resourceOf(prefix ?? "", context.config.sinkMappings);
  const place = { ...context, namespace: namespace || context.namespace };
  const kind: KindRef = { group: resource.group, version: resource.version, plural: resource.resource, kind: "", namespaced: true };
  const object = await mustGet(place, kind, name ?? "");
  return {
    ref: {
      ...(object.apiVersion === undefined ? {} : { apiVersion: object.apiVersion }),
      ...(object.kind === undefined ? {} : { kind: object.kind }),
      name: object.metadata.name ?? "",
      namespace: place.namespace,
    },
  };
}

/** As `resolveSink`; without the flag there is no destination. */
export async function optionalSink(context: Making, sink: string | undefined): Promise<Destination | undefined> {
  return sink === undefined || sink === "" ? undefined : resolveSink(context, sink);
}

function resourceOf(prefix: string, mappings: Readonly<Record<string, ResourceName>>): ResourceName {
  const known = mappings[prefix] ?? PREFIXES[prefix];
  if (known !== undefined) return known;
  const [group, version, resource, ...rest] = prefix.split("/");
  if (version && resource && rest.length === 0) return { group: group ?? "", version, resource };
  throw new UserError(
    `unsupported sink prefix: '${prefix}', if referring to a knative service in another namespace, ` +
      "'ksvc:name:namespace' combination must be provided explicitly",
  );
}

function splitInThree(sink: string): string[] {
  const [first = "", second = "", ...rest] = sink.split(":");
  return [first, second, rest.join(":")];
}

/** `ksvc:hello`, with the namespace when it is another. */
export function sinkText(sink: Destination | undefined, namespace: string | undefined): string {
  const { ref, uri } = sink ?? {};
  if (ref === undefined) return uri ?? "";
  const isKnative = ref.kind === "Service" && (ref.apiVersion ?? "").startsWith(SERVING);
  const elsewhere = ref.namespace && ref.namespace !== namespace ? `:${ref.namespace}` : "";
  return `${isKnative ? "ksvc" : (ref.kind ?? "").toLowerCase()}:${ref.name ?? ""}${elsewhere}`;
}

const NESTED = 2;

/** Name, Namespace when it is another, Resource, URI. */
export function writeSink(sections: Sections, title: string, sink: Destination | undefined, namespace: string | undefined): void {
  if (sink === undefined) return;
  sections.attribute(title, "");
  const { ref, uri } = sink;
  if (ref !== undefined) {
    sections.attribute("Name", ref.name ?? "", NESTED);
    if (ref.namespace && ref.namespace !== namespace) sections.attribute("Namespace", ref.namespace, NESTED);
    sections.attribute("Resource", `${ref.kind ?? ""} (${ref.apiVersion ?? ""})`, NESTED);
  }
  if (uri) sections.attribute("URI", uri, NESTED);
}
