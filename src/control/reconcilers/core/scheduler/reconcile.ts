import { podKind } from "../../../../api/core/pod.ts";
import type { Binding, Node, Pod, PodCondition } from "../../../../api/k8s/types.generated.ts";
import type { KindRef } from "../../../../api/meta/kind.ts";
import { isConflict, isNotFound } from "../../../../api/meta/errors.ts";
import type { ObjectKey } from "../../../../api/meta/object.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import { rfc3339, type Clock } from "../../../../std/clock.ts";
import type { Recorder } from "../../../controller/recorder.ts";
import { done, requeueAfter, type Outcome } from "../../../controller/types.ts";
import { podCondition } from "../pods.ts";
import { place } from "./fit.ts";
import type { NodeLedger } from "./ledger.ts";

export interface SchedulerWorld {
  readonly client: Client;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly ledger: NodeLedger;
}

/** A Binding is posted to the Pod that it binds. */
const podBinding: KindRef<Binding> = { group: "", version: "v1", kind: "Binding", plural: "pods", namespaced: true };

const NAME = "default-scheduler";

export function isUnscheduled({ spec, metadata }: Pod): boolean {
  const ours = (spec?.schedulerName ?? NAME) === NAME;
  return ours && !spec?.nodeName && metadata.deletionTimestamp === undefined && !spec?.schedulingGates?.length;
}

/** Binds one pod at once, or says why it has to wait. Whoever frees capacity wakes it again. */
export async function reconcilePod(world: SchedulerWorld, key: ObjectKey): Promise<Outcome> {
  const pod = world.pods.get(key);
  if (pod === undefined || !isUnscheduled(pod) || world.ledger.isBound(pod)) return done;
  const candidates = world.nodes.list().map((node) => ({ node, used: world.ledger.usedByOthers(node.metadata.name ?? "", pod) }));
  const placement = place(pod, candidates);
  if (placement.kind === "node") return bind(world, pod, placement.name);
  await refuse(world, pod, placement.message);
  return done;
}

/** Bound already, or being deleted: the watch will tell; it is asked again only in case that it was neither. */
const CONFLICT_AGAIN_MS = 1000;

async function bind(world: SchedulerWorld, pod: Pod, node: string): Promise<Outcome> {
  const { namespace, name, uid } = pod.metadata;
  world.ledger.assume(pod, node);
  try {
    const binding = { metadata: { namespace, name, uid }, target: { kind: "Node", name: node } };
    await world.client.create(podBinding, binding, { subresource: "binding" });
  } catch (error) {
    if (isNotFound(error)) return done; // the watch will tell
    if (isConflict(error)) return requeueAfter(CONFLICT_AGAIN_MS);
    throw error;
  }
  world.ledger.bound(pod);
  const message = `Successfully assigned ${namespace}/${name} to ${node}`;
  world.recorder.record({ kind: podKind, object: pod, type: "Normal", reason: "Scheduled", message });
  return done;
}

async function refuse(world: SchedulerWorld, pod: Pod, message: string): Promise<void> {
  const known = podCondition(pod, "PodScheduled");
  if (known?.status === "False" && known.message === message) return;
  world.recorder.record({ kind: podKind, object: pod, type: "Warning", reason: "FailedScheduling", message });
  const lastTransitionTime = known?.status === "False" ? known.lastTransitionTime : rfc3339(world.clock.now());
  const said: PodCondition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime };
  const conditions = [...(pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled"), said];
  await world.client.updateStatus(podKind, { ...pod, status: { ...pod.status, phase: pod.status?.phase ?? "Pending", conditions } });
}
