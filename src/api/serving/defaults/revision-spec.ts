import type { Container } from "../../k8s/types.generated.ts";
import type { ObjectMeta } from "../../meta/object.ts";
import { renderName, type DefaultsConfig } from "../../config/defaults.ts";
import type { RevisionSpec } from "../revision-spec.ts";
import type { ServingSettings } from "../validation/context.ts";
import { defaultResources, defaultVolumeMounts, nameContainers } from "./containers.ts";
import { completeProbes, defaultServingProbes } from "./probes.ts";
import { secureContainer } from "./secure.ts";

/** Completes the spec of a new revision. `parent` fills the name templates. Changes `spec`. */
export function defaultRevisionSpec(spec: RevisionSpec, parent: ObjectMeta, settings: ServingSettings): void {
  defaultTimes(spec, settings.defaults);
  spec.containerConcurrency ??= settings.defaults.containerConcurrency;
  if (settings.defaults.enableServiceLinks !== undefined) spec.enableServiceLinks ??= settings.defaults.enableServiceLinks;
  if (!Array.isArray(spec.containers)) return;
  nameAll(spec, parent, settings.defaults);
  for (const container of spec.containers) {
    defaultContainer(container, spec, settings);
    if (spec.containers.length === 1 || (container.ports?.length ?? 0) > 0) defaultServingProbes(container);
    else completeProbes(container);
  }
  for (const container of spec.initContainers ?? []) defaultContainer(container, spec, settings);
}

function defaultTimes(spec: RevisionSpec, config: DefaultsConfig): void {
  spec.timeoutSeconds ||= config.revisionTimeoutSeconds;
  const { timeoutSeconds: timeout } = spec;
  const start = config.revisionResponseStartTimeoutSeconds;
  if (start !== 0 && start < timeout) spec.responseStartTimeoutSeconds ??= start;
  const idle = config.revisionIdleTimeoutSeconds;
  if (idle !== 0 && idle < timeout) spec.idleTimeoutSeconds ??= idle;
}

function nameAll(spec: RevisionSpec, parent: ObjectMeta, config: DefaultsConfig): void {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const taken = new Set(all.map((container) => container.name).filter(Boolean));
  nameContainers(spec.containers, taken, renderName(config.containerNameTemplate, parent) ?? "user-container");
  nameContainers(spec.initContainers ?? [], taken, renderName(config.initContainerNameTemplate, parent) ?? "init-container");
}

function defaultContainer(container: Container, spec: RevisionSpec, settings: ServingSettings): void {
  for (const port of container.ports ?? []) port.protocol ||= "TCP";
  defaultResources(container, settings.defaults);
  defaultVolumeMounts(container, spec.volumes);
  secureContainer(container, settings.features.securePodDefaults);
}
