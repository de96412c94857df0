import type { Option } from "commander";
import type { ApiServerSource, WatchedResource } from "../../../../api/sources/api-server-source.ts";
import { deepEqual } from "../../../../std/json.ts";
import { UserError } from "../../../shared/io.ts";
import { labelsOf, labelsText } from "../../eventing/labels.ts";
import { overrideOption, type OverrideFlags } from "../../eventing/pairs.ts";
import { sinkOption } from "../../eventing/sink.ts";
import { many, text } from "../../flags.ts";
import type { SourceWords } from "../group.ts";

export const API_SERVER: SourceWords = { group: "apiserver", title: "ApiServer source" };

export interface ApiServerFlags extends OverrideFlags {
  readonly resource?: readonly string[];
  readonly mode?: string;
  readonly serviceAccount?: string;
  readonly sink?: string;
}

export function apiServerOptions(): Option[] {
  return [
    many(
      "--resource <stringArray>",
      "Which events to listen to, as Kind:APIVersion[:label=value,...], e.g. Event:v1:app=hello. Can be used multiple times; " +
        "in an update '-' at the end removes one.",
    ),
    text(
      "--mode <string>",
      '"Reference" sends only the reference to the resource, "Resource" sends the full resource. (default Reference)',
    ),
    text("--service-account <string>", "Name of the service account to use to run this source"),
    overrideOption(),
    sinkOption(),
  ];
}

const EXPECTED = "(expected: <kind:apiVersion[:label1=val1,label2=val2,..]>";

/** Throws UserError. */
export function resourceOf(value: string): WatchedResource {
  const [kind = "", apiVersion = "", ...rest] = value.split(":");
  if (kind === "") throw new UserError(`cannot find 'kind' part in resource specification ${value} ${EXPECTED}`);
  if (apiVersion === "") throw new UserError(`cannot find 'APIVersion' part in resource specification ${value} ${EXPECTED}`);
  const labels = rest.join(":");
  if (labels === "") return { kind, apiVersion };
  const matchLabels = labelsOf(labels);
  if (matchLabels === undefined) throw new UserError(`invalid label selector in resource specification ${value} ${EXPECTED}`);
  return { kind, apiVersion, selector: { matchLabels } };
}

/** The resources with the flags applied: `-` at the end removes one. Throws UserError. */
export function withResources(old: readonly WatchedResource[], values: readonly string[]): WatchedResource[] {
  const added = values.filter((value) => !value.endsWith("-")).map(resourceOf);
  const removed = values.filter((value) => value.endsWith("-")).map((value) => resourceOf(value.slice(0, -1)));
  const all = [...old, ...added];
  const missing = removed.filter((resource) => !all.some((one) => deepEqual(one, resource)));
  if (missing.length > 0) throw new UserError(`cannot find resources to remove: ${missing.map(resourceText).join(", ")}`);
  return all.filter((one) => !removed.some((resource) => deepEqual(one, resource)));
}

/** `Event:v1:app=hello` */
export function resourceText({ kind = "", apiVersion = "", selector }: WatchedResource): string {
  const labels = labelsText(selector);
  return `${kind}:${apiVersion}${labels === "" ? "" : `:${labels}`}`;
}

export function modeAndAccount({ mode, serviceAccount }: ApiServerFlags): Partial<ApiServerSource["spec"]> {
  return { ...(mode === undefined ? {} : { mode }), ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }) };
}
