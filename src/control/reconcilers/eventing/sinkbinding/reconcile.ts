import type { ConditionManager } from "../../../../api/meta/conditions.ts";
import { isNotFound } from "../../../../api/meta/errors.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import type { KubeObject, ObjectKey } from "../../../../api/meta/object.ts";
import {
  markSourceOidcDisabled,
  markTokenSecretDisabled,
  SINK_BINDING_AVAILABLE,
  SINK_BINDING_CONDITIONS,
  SINK_PROVIDED,
  TRUST_BUNDLE_PROPAGATED,
} from "../../../../api/sources/lifecycle.ts";
import { sinkBindingKind, type SinkBinding, type SinkBindingStatus } from "../../../../api/sources/sink-binding.ts";
import { injectSink, isSubject, podSpecOf, removeSink } from "../../../../api/sources/sink-injection.ts";
import type { Client, Informers } from "../../../../client/types.ts";
import { deepClone, deepEqual } from "../../../../std/json.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { Reference } from "../../../controller/tracker.ts";
import { done, type Outcome } from "../../../controller/types.ts";
import { conditionsOf } from "../../serving/shared/conditions.ts";
import { resolveSink } from "../shared/sink.ts";
import type { EventingWorld } from "../shared/world.ts";
import type { SubjectSource } from "./subject-source.ts";

/** Holds the binding until its subjects are as they were before. */
const FINALIZER = "sinkbindings.sources.knative.dev";

export interface SinkBindingWorld extends EventingWorld<SinkBinding> {
  readonly informers: Informers;
  readonly subjects: SubjectSource;
}

/**
 * Finds the sink, writes it into the status, where admission reads it for workloads that come later, and then into the subjects
 * that are there already.
 */
export async function reconcileSinkBinding(world: SinkBindingWorld, key: ObjectKey): Promise<Outcome> {
  const binding = world.objects.get(key);
  if (binding === undefined) {
    world.tracker.forget(key);
    return done;
  }
  if (binding.metadata.deletionTimestamp !== undefined) return release(world, binding);
  const held = await hold(world.client, binding);
  const conditions = conditionsOf(SINK_BINDING_CONDITIONS, held, world.clock.now());
  const status: SinkBindingStatus = { ...held.status };
  const references: Reference[] = [];
  resolveSink(status, conditions, { resolver: world.resolver, sink: held.spec.sink, namespace: key.namespace, references });
  markSourceOidcDisabled(conditions);
  markTokenSecretDisabled(conditions);
  conditions.markTrue(TRUST_BUNDLE_PROPAGATED);
  world.tracker.track(key, references);
  const resolved = await write(world, held, status, conditions);
  await bind(world, resolved, conditions);
  await write(world, resolved, { ...resolved.status }, conditions);
  return done;
}

function write({ client }: SinkBindingWorld, binding: SinkBinding, status: SinkBindingStatus, conditions: ConditionManager) {
  const { generation } = binding.metadata;
  return updateStatusIfChanged(client, sinkBindingKind, binding, {
    ...status,
    conditions: conditions.conditions,
    observedGeneration: generation,
  });
}

async function bind(world: SinkBindingWorld, binding: SinkBinding, conditions: ConditionManager): Promise<void> {
  const { subject } = binding.spec;
  if (conditions.get(SINK_PROVIDED)?.status !== "True") {
    return conditions.markUnknown(SINK_BINDING_AVAILABLE, "SinkNotProvided", "The subjects wait for the sink.");
  }
  const kind = world.resolver.kinds.find(subject ?? {});
  if (kind === undefined) {
    const message = `There is no kind ${subject?.kind ?? ""} of ${subject?.apiVersion ?? ""}`;
    return conditions.markFalse(SINK_BINDING_AVAILABLE, "SubjectUnavailable", message);
  }
  world.subjects.follow(kind);
  const found = subjectsOf(world, binding, kind);
  if (found.length === 0 && subject?.name) {
    const message = `${kind.plural}.${kind.group} ${JSON.stringify(subject.name)} not found`;
    return conditions.markFalse(SINK_BINDING_AVAILABLE, "SubjectMissing", message);
  }
  await Promise.all(found.map((object) => change(world.client, kind, object, (spec) => injectSink(spec, binding))));
  conditions.markTrue(SINK_BINDING_AVAILABLE);
}

function subjectsOf({ informers }: SinkBindingWorld, binding: SinkBinding, kind: KindRef): readonly KubeObject[] {
  const inNamespace = informers.of(kind).list(binding.metadata.namespace);
  return inNamespace.filter((object) => object.metadata.deletionTimestamp === undefined && isSubject(binding.spec.subject, kind, object));
}

async function change(
  client: Client,
  kind: KindRef,
  object: KubeObject,
  edit: (spec: NonNullable<ReturnType<typeof podSpecOf>>) => void,
): Promise<void> {
  const edited = deepClone(object);
  const spec = podSpecOf(edited);
  if (spec === undefined) return;
  edit(spec);
  if (deepEqual(edited, object)) return;
  try {
    await client.update(kind, edited);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function hold(client: Client, binding: SinkBinding): Promise<SinkBinding> {
  const { finalizers = [] } = binding.metadata;
  if (finalizers.includes(FINALIZER)) return binding;
  return client.update(sinkBindingKind, { ...binding, metadata: { ...binding.metadata, finalizers: [...finalizers, FINALIZER] } });
}

/** Takes the sink out of the subjects and lets the binding go. */
async function release(world: SinkBindingWorld, binding: SinkBinding): Promise<Outcome> {
  const { finalizers = [] } = binding.metadata;
  if (!finalizers.includes(FINALIZER)) return done;
  const kind = world.resolver.kinds.find(binding.spec.subject ?? {});
  const found = kind === undefined ? [] : subjectsOf(world, binding, kind);
  if (kind !== undefined) await Promise.all(found.map((object) => change(world.client, kind, object, removeSink)));
  const kept = finalizers.filter((name) => name !== FINALIZER);
  await world.client.update(sinkBindingKind, { ...binding, metadata: { ...binding.metadata, finalizers: kept } });
  return done;
}
