import { isRecord } from "../../std/json.ts";
import type { EnvVar, PodSpec } from "../k8s/types.generated.ts";
import { apiVersionOf, type KindRef } from "../meta/kind.ts";
import type { KubeObject } from "../meta/object.ts";
import { selectorMatches } from "../meta/validation/labels.ts";
import { BINDING_EXCLUDE_LABEL } from "../names/eventing.ts";
import type { BindingSubject, SinkBinding } from "./sink-binding.ts";

/** What a SinkBinding puts into the environment of every container. */
const NAMES: readonly string[] = ["K_SINK", "K_CE_OVERRIDES", "K_CA_CERTS"];

/** Whether a binding means this object. */
export function isSubject(subject: BindingSubject | undefined, kind: KindRef, { metadata }: KubeObject): boolean {
  if (subject === undefined || subject.apiVersion !== apiVersionOf(kind) || subject.kind !== kind.kind) return false;
  if (metadata.labels?.[BINDING_EXCLUDE_LABEL] === "true" || metadata.namespace !== subject.namespace) return false;
  if (subject.name) return subject.name === metadata.name;
  return subject.selector !== undefined && selectorMatches(subject.selector, metadata.labels ?? {});
}

/** The template of Pods in a workload; undefined: the object has none. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  const { spec } = object as { spec?: unknown };
  const template = isRecord(spec) ? spec["template"] : undefined;
  const podSpec = isRecord(template) ? template["spec"] : undefined;
  return isRecord(podSpec) ? (podSpec as unknown as PodSpec) : undefined;
}

/** Puts the sink into every container, in place of an earlier one. Changes `spec`; twice changes nothing. */
export function injectSink(spec: PodSpec, binding: SinkBinding): void {
  const { sinkUri, sinkCACerts } = binding.status ?? {};
  if (!sinkUri) return removeSink(spec);
  const overrides = binding.spec.ceOverrides === undefined ? "" : JSON.stringify(binding.spec.ceOverrides);
  const variables: EnvVar[] = [
    { name: "K_SINK", value: sinkUri },
    { name: "K_CE_OVERRIDES", value: overrides },
    ...(sinkCACerts ? [{ name: "K_CA_CERTS", value: sinkCACerts }] : []),
  ];
  setVariables(spec, variables);
}

/** Takes the sink out again. Changes `spec`. */
export function removeSink(spec: PodSpec): void {
  setVariables(spec, []);
}

function setVariables(spec: PodSpec, variables: readonly EnvVar[]): void {
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const kept = (container.env ?? []).filter(({ name }) => !NAMES.includes(name));
    if (kept.length + variables.length > 0) container.env = [...kept, ...variables];
    else delete container.env;
  }
}
