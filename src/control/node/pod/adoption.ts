import { randomUUID } from "node:crypto";
import { replicaSetKind } from "../../../api/apps/replica-set.ts";
import type { Container, Pod, ReplicaSet } from "../../../api/k8s/types.generated.ts";
import { parkable } from "../parking/parkable.ts";
import type { Parked } from "../parking/parking-lot.ts";
import { startHash } from "../parking/start-hash.ts";
import type { AgentWorld, Tell } from "../world.ts";
import type { ContainerRecord } from "./runtime-state.ts";
import type { Sandbox } from "./sandbox.ts";
import { prepareContainer, type Prepared } from "./start-container.ts";
import { sharedRevisions, volumeContents, type TokenSource, type VolumeContents, type VolumeContext } from "./volumes.ts";

type Ready = Extract<Prepared, { kind: "ready" }>;

/** The part of a pod worker that parking needs. */
export interface Subject {
  readonly world: AgentWorld;
  readonly pod: Pod;
  readonly sandbox: Sandbox;
  readonly records: ReadonlyMap<string, ContainerRecord>;
  readonly prepared: Map<string, Ready>;
  readonly tell: Tell;
  readonly tokens: TokenSource;
  readonly signal: AbortSignal;
  logPath(container: string, restart: number): string;
}

export interface Adoption {
  readonly sandbox: Sandbox;
  readonly records: ReadonlyMap<string, ContainerRecord>;
}

/** Looks for a parked sandbox with the same start; hands it over awake. False when there is none. */
export async function adoptParked(subject: Subject, accept: (adoption: Adoption) => void): Promise<boolean> {
  const { world, pod } = subject;
  const { clock, logger } = world.options;
  if (world.lot === undefined || world.lot.count === 0 || hasRunBefore(pod)) return false;
  const beganMs = clock.monotonicMs();
  const [prepared, contents] = await Promise.all([prepareAll(subject), volumeContents(volumeContext(subject)).catch(() => undefined)]);
  const volumes = contents === undefined ? undefined : sharedRevisions(contents);
  if (prepared === undefined || contents === undefined || volumes === undefined) return false;
  const parked = world.lot.take(hashOf(pod, prepared, volumes));
  if (parked === undefined) return false;
  for (const [name, ready] of prepared) subject.prepared.set(name, ready);
  const foundMs = clock.monotonicMs();
  accept(await wake(subject, parked, contents));
  const split = { findMs: foundMs - beganMs, wakeMs: clock.monotonicMs() - foundMs };
  logger.debug("a parked sandbox was adopted", { pod: pod.metadata.name, sandbox: parked.sandbox.id, ...split });
  parked.sandbox.tidyVolumes();
  return true;
}

function hasRunBefore(pod: Pod): boolean {
  return pod.status?.containerStatuses?.some(({ containerID }) => containerID !== undefined) ?? false;
}

function allContainers(pod: Pod): readonly Container[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
}

async function prepareAll({ world, pod, signal }: Subject): Promise<ReadonlyMap<string, Ready> | undefined> {
  const all = new Map<string, Ready>();
  for (const container of allContainers(pod)) {
    const prepared = await prepareContainer(world, { pod, container, attempts: 0, tell: () => {} }, signal);
    if (prepared.kind === "blocked") return undefined; // the ordinary way says so
    all.set(container.name, prepared);
  }
  return all;
}

function volumeContext({ world, pod, tokens }: Subject): VolumeContext {
  return { pod, tokens, lookup: world.lookup, node: world.options.node };
}

function hashOf(pod: Pod, prepared: ReadonlyMap<string, Ready>, volumes: ReadonlyMap<string, string>): string {
  const digests = new Map(Array.from(prepared, ([name, { image }]) => [name, image.digest]));
  const env = new Map(Array.from(prepared, ([name, ready]) => [name, ready.env]));
  return startHash({ pod, digests, env, volumes });
}

/** New tokens and a new log before the first instruction runs. */
async function wake(subject: Subject, { sandbox, records }: Parked, contents: VolumeContents): Promise<Adoption> {
  sandbox.writeVolumes(contents);
  for (const [name, running] of sandbox.running) running.redirectLog(subject.logPath(name, 0));
  await Promise.all(Array.from(sandbox.running.values(), (running) => running.thaw()));
  for (const name of sandbox.running.keys()) subject.tell("Normal", "Started", `Started container ${name} from a parked instance`);
  const now = subject.world.options.clock.now();
  const containers = new Map(allContainers(subject.pod).map((container) => [container.name, container]));
  const driver = sandbox.driver?.name ?? "process";
  const adopted = Array.from(records, ([name, record]) => {
    return [name, adoptedRecord(record, { container: containers.get(name), driver, now })] as const;
  });
  return { sandbox, records: new Map(adopted) };
}

interface Adopter {
  readonly container: Container | undefined;
  readonly driver: string;
  readonly now: number;
}

function adoptedRecord({ name, state, imageId, started }: ContainerRecord, { container, driver, now }: Adopter): ContainerRecord {
  const fresh = state.kind === "running" ? { kind: "running" as const, containerId: `${driver}://${randomUUID()}`, startedAt: now } : state;
  const ready = state.kind === "terminated" || isReadyAwake(container);
  return { name, imageId, started, ready, restartCount: 0, crashes: 0, state: fresh };
}

/**
 * It was ready when it was frozen, and the system accepts connections for it even while it is frozen: a TCP probe would
 * tell nothing new before the first request does. Other probes ask the program itself.
 */
function isReadyAwake(container: Container | undefined): boolean {
  return container?.readinessProbe === undefined || container.readinessProbe.tcpSocket !== undefined;
}

/** Freezes the sandbox of a drained pod and gives it to the parking lot. False when it may not or need not be kept. */
export async function park(subject: Subject, facts: { readonly isReady: boolean; readonly ownImages: boolean }): Promise<boolean> {
  const { world, pod, sandbox, prepared, records } = subject;
  if (world.lot === undefined || ownerOf(world, pod) === "gone") return false;
  const perPodEnv = [...prepared.values()].some((ready) => ready.perPodEnv);
  if (parkable({ pod, ownImages: facts.ownImages, perPodEnv, ready: facts.isReady }).kind === "no") return false;
  const running = [...sandbox.running.values()];
  await Promise.all(running.map((container) => container.freeze()));
  if (sandbox.running.size !== (pod.spec?.containers ?? []).length) return false; // one died meanwhile
  const parked: Parked = {
    hash: hashOf(pod, prepared, sandbox.revisions),
    sandbox,
    records: new Map(records),
    bytes: await sandbox.memoryBytes(),
    owner: pod.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? "",
    graceMs: (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000,
  };
  return world.lot.add(parked);
}

/** A ReplicaSet that is deleted in the background goes before its Pods: nobody would ask for these sandboxes again. */
function ownerOf({ options }: AgentWorld, { metadata }: Pod): "there" | "gone" {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner?.kind !== "ReplicaSet") return "there";
  const found = options.informers.of<ReplicaSet>(replicaSetKind).get({ namespace: metadata.namespace ?? "", name: owner.name });
  return found?.metadata.uid === owner.uid && found.metadata.deletionTimestamp === undefined ? "there" : "gone";
}
