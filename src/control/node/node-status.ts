import { hostname, machine, release } from "node:os";
import type { Lease, Node, NodeCondition } from "../../api/k8s/types.generated.ts";
import { leaseKind } from "../../api/coordination/lease.ts";
import { nodeKind } from "../../api/core/node.ts";
import { isAlreadyExists, isNotFound } from "../../api/meta/errors.ts";
import type { Client } from "../../client/types.ts";
import { delay } from "../../std/abort.ts";
import { rfc3339, rfc3339Micro, type Clock } from "../../std/clock.ts";
import type { Logger } from "../../std/logger.ts";
import type { NodeFacts } from "./pod/lookup.ts";

export interface NodeStatusOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly node: NodeFacts;
  /** Version of the platform, shown as kubeletVersion. */
  readonly version: string;
  readonly maxPods: number;
  readonly drivers: readonly string[];
  /** Why there is none and what helps, where there is none. */
  readonly withoutDrivers?: string;
}

const LEASE_NAMESPACE = "kube-node-lease";
const LEASE_SECONDS = 40;
const RENEW_MS = 10_000;
const STATUS_MS = 300_000;

/** Announces the node and keeps its Lease and conditions fresh until the signal aborts. Resolves then. */
export async function runNodeStatus(options: NodeStatusOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger } = options;
  let reportedAt = -Infinity;
  while (!signal.aborted) {
    try {
      if (clock.monotonicMs() - reportedAt >= STATUS_MS) {
        await reportNode(options);
        reportedAt = clock.monotonicMs();
      }
      await renewLease(options);
    } catch (error) {
      logger.debug("node status was not written", { error });
    }
    await delay(clock, RENEW_MS, signal).catch(() => {});
  }
}

async function reportNode(options: NodeStatusOptions): Promise<void> {
  const { client } = options;
  const known = await client.get(nodeKind, { namespace: "", name: options.node.name });
  const wanted = makeNode(options, known);
  if (known === undefined) {
    await client.create(nodeKind, wanted).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }
  const key = { namespace: "", name: options.node.name };
  await client.patch(nodeKind, key, { type: "merge", body: { status: wanted.status } }, { subresource: "status" });
}

/** The Node object of this machine. */
export function makeNode(options: NodeStatusOptions, known: Node | undefined): Node {
  const { node, clock, version, maxPods, drivers, withoutDrivers = "this node has no driver for containers" } = options;
  const resources = { cpu: `${node.cpuMilli}m`, memory: `${Math.floor(node.memoryBytes / 1024)}Ki`, pods: String(maxPods) };
  const os = process.platform === "darwin" ? "darwin" : "linux";
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const labels = { "kubernetes.io/hostname": node.name, "kubernetes.io/os": os, "kubernetes.io/arch": architecture };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: node.name, labels: { ...known?.metadata.labels, ...labels } },
    spec: {},
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: conditionsOf(known, drivers.length > 0 ? READY : notReady(withoutDrivers), clock.now()),
      addresses: [
        { type: "InternalIP", address: node.ip },
        { type: "Hostname", address: node.name },
      ],
      nodeInfo: {
        machineID: "",
        systemUUID: "",
        bootID: "",
        kernelVersion: release(),
        osImage: `${hostname()} (${machine()})`,
        containerRuntimeVersion: `kinetic-${drivers.length > 0 ? drivers.join("+") : "none"}://${version}`,
        kubeletVersion: version,
        kubeProxyVersion: "",
        operatingSystem: os,
        architecture,
      },
    },
  };
}

const CONDITIONS = [
  ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
] as const;
const READY = ["Ready", "True", "KubeletReady", "the node agent is posting ready status"] as const;
/** Pods are bound here all the same, and each says why it does not run: better than one that waits for a node. */
const notReady = (why: string) => ["Ready", "False", "KubeletNotReady", `no Pod can run: ${why}`] as const;

type Condition = readonly [type: string, status: string, reason: string, message: string];

function conditionsOf(known: Node | undefined, ready: Condition, now: number): NodeCondition[] {
  return [...CONDITIONS, ready].map(([type, status, reason, message]) => {
    const old = known?.status?.conditions?.find((condition) => condition.type === type && condition.status === status);
    return { type, status, reason, message, lastHeartbeatTime: rfc3339(now), lastTransitionTime: old?.lastTransitionTime ?? rfc3339(now) };
  });
}

async function renewLease({ client, clock, node }: NodeStatusOptions): Promise<void> {
  const key = { namespace: LEASE_NAMESPACE, name: node.name };
  const spec = { holderIdentity: node.name, leaseDurationSeconds: LEASE_SECONDS, renewTime: rfc3339Micro(clock.now()) };
  try {
    await client.patch<Lease>(leaseKind, key, { type: "merge", body: { spec } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const metadata = { name: key.name, namespace: key.namespace };
    await client.create<Lease>(leaseKind, { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec });
  }
}
