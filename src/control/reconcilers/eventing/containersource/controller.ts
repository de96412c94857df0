import { deploymentKind } from "../../../../api/apps/deployment.ts";
import type { Deployment } from "../../../../api/k8s/types.generated.ts";
import { findCondition, type Condition, type ConditionManager } from "../../../../api/meta/conditions.ts";
import { keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { containerSourceKind, type ContainerSource } from "../../../../api/sources/container-source.ts";
import { CONTAINER_SOURCE_CONDITIONS, RECEIVE_ADAPTER_READY, SINK_BINDING_READY } from "../../../../api/sources/lifecycle.ts";
import { sinkBindingKind, type SinkBinding } from "../../../../api/sources/sink-binding.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { createOrUpdate, updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { ownerSource, sourcesOf } from "../../../controller/sources.ts";
import { done, type Controller, type Outcome } from "../../../controller/types.ts";
import { applyChild } from "../../serving/shared/apply-child.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { makeDeployment, makeSinkBinding } from "./resources.ts";

interface ContainerSourceWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly sources: Informer<ContainerSource>;
  readonly deployments: Informer<Deployment>;
  readonly bindings: Informer<SinkBinding>;
}

/** A ContainerSource is a Deployment and the SinkBinding that tells it where to send. */
export function containerSourceController(deps: ControllerDeps): Controller {
  const world: ContainerSourceWorld = {
    client: deps.client,
    clock: deps.clock,
    sources: deps.informers.of(containerSourceKind),
    deployments: deps.informers.of(deploymentKind),
    bindings: deps.informers.of(sinkBindingKind),
  };
  return {
    name: "containersource-controller",
    sources: sourcesOf(
      world.sources,
      ownerSource(world.deployments, containerSourceKind),
      ownerSource(world.bindings, containerSourceKind),
    ),
    reconcile: (key) => reconcileContainerSource(world, key),
  };
}

async function reconcileContainerSource(world: ContainerSourceWorld, key: ObjectKey): Promise<Outcome> {
  const source = world.sources.get(key);
  if (source === undefined || source.metadata.deletionTimestamp !== undefined) return done;
  const conditions = conditionsOf(CONTAINER_SOURCE_CONDITIONS, source, world.clock.now());
  const wanted = makeSinkBinding(source);
  const { object: binding } = await createOrUpdate(world.client, sinkBindingKind, world.bindings.get(keyOf(wanted)), wanted);
  copy(conditions, SINK_BINDING_READY, findCondition(binding.status?.conditions, "Ready"));
  const deployment = await applyDeployment(world, source, binding);
  copy(
    conditions,
    RECEIVE_ADAPTER_READY,
    deployment?.status?.conditions?.find(({ type }) => type === "Available") as Condition | undefined,
  );
  const { sinkUri, sinkCACerts, sinkAudience } = binding.status ?? {};
  await updateStatusIfChanged(world.client, containerSourceKind, source, {
    ...source.status,
    sinkUri,
    sinkCACerts,
    sinkAudience,
    conditions: conditions.conditions,
    observedGeneration: source.metadata.generation,
  });
  return done;
}

/** No Pod starts before it is known where it sends to. */
async function applyDeployment(
  world: ContainerSourceWorld,
  source: ContainerSource,
  binding: SinkBinding,
): Promise<Deployment | undefined> {
  const desired = makeDeployment(source, binding);
  const existing = world.deployments.get(keyOf(desired));
  if (existing === undefined && !binding.status?.sinkUri) return undefined;
  const { object } = await applyChild(world.client, { kind: deploymentKind, existing, desired, align });
  return object;
}

/** What the API server filled in stays; what the source says wins. */
function align(existing: Deployment, desired: Deployment): Deployment {
  const before = existing.spec;
  const wanted = desired.spec;
  if (before?.template.spec === undefined || wanted?.template.spec === undefined) return desired;
  const known = before.template.spec;
  const containers = wanted.template.spec.containers.map((container) => ({
    ...known.containers.find(({ name }) => name === container.name),
    ...container,
  }));
  const template = { metadata: wanted.template.metadata ?? {}, spec: { ...known, ...wanted.template.spec, containers } };
  return { ...existing, spec: { ...before, template } };
}

function copy(conditions: ConditionManager, type: string, child: Condition | undefined): void {
  if (child === undefined) return conditions.markUnknown(type, "", "");
  if (child.status === "True") conditions.markTrue(type);
  else if (child.status === "False") conditions.markFalse(type, child.reason ?? "", child.message ?? "");
  else conditions.markUnknown(type, child.reason ?? "", child.message ?? "");
}
