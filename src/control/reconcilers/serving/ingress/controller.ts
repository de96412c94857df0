import { secretKind } from "../../../../api/core/secret.ts";
import type { Secret } from "../../../../api/k8s/types.generated.ts";
import { INGRESS_CLASS } from "../../../../api/names/kinetic.ts";
import { INGRESS_CLASS_ANNOTATION, INGRESS_CLASS_OLD_ANNOTATION } from "../../../../api/names/labels.ts";
import { EXTERNAL_GATEWAY, INTERNAL_GATEWAY } from "../../../../api/names/services.ts";
import { ConditionManager, type ConditionSet } from "../../../../api/meta/conditions.ts";
import { formatKey, keyOf, type ObjectKey } from "../../../../api/meta/object.ts";
import { tlsPairOf, tlsSecretOf } from "../../../../api/networking-internal/ingress-tls.ts";
import { ingressHash } from "../../../../api/networking-internal/ingress-hash.ts";
import { ingressKind, type Ingress } from "../../../../api/networking-internal/ingress.ts";
import type { Client, Informer } from "../../../../client/types.ts";
import type { Clock } from "../../../../std/clock.ts";
import { updateStatusIfChanged } from "../../../controller/apply.ts";
import type { ControllerDeps } from "../../../controller/deps.ts";
import { changeSource, ownSource } from "../../../controller/sources.ts";
import { done, requeueAfter, type Controller, type Outcome } from "../../../controller/types.ts";

const CONDITIONS: ConditionSet = { happy: "Ready", dependents: ["LoadBalancerReady", "NetworkConfigured"] };

/**
 * Asks a gateway listener over HTTP which version of a host's routes it serves (K-Network-Probe). Resolves with the
 * hash, or undefined when the gateway does not know the host or cannot be reached.
 */
export interface GatewayProber {
  probe(listener: "external" | "internal", host: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Gateways learn of an Ingress within a millisecond or two; asking again is cheap at first. */
const PROBE_AGAIN_MS = [2, 3, 5, 10, 20, 50, 100, 250, 500, 1000];

interface World {
  readonly client: Client;
  readonly clock: Clock;
  readonly prober: GatewayProber;
  readonly ingresses: Informer<Ingress>;
  readonly secrets: Informer<Secret>;
  /** Failed probes of one hash in a row, by key. */
  readonly attempts: Map<string, { readonly hash: string; readonly count: number }>;
}

/** Says of each Ingress of our class whether the gateway serves it as it is now. Others' are left untouched. */
export function ingressController(deps: ControllerDeps, prober: GatewayProber): Controller {
  const ingresses = deps.informers.of(ingressKind);
  const secrets: Informer<Secret> = deps.informers.of(secretKind);
  const world: World = { client: deps.client, clock: deps.clock, prober, ingresses, secrets, attempts: new Map() };
  ingresses.addIndex(SECRET, (ingress) => secretsOf(ingress).map(({ key }) => formatKey(key)));
  return {
    name: "ingress-controller",
    sources: [ownSource(ingresses), changeSource(secrets, ({ object }) => ingresses.byIndex(SECRET, formatKey(keyOf(object))).map(keyOf))],
    concurrency: 16,
    reconcile: (key, signal) => reconcile(world, key, signal),
  };
}

async function reconcile(world: World, key: ObjectKey, signal: AbortSignal): Promise<Outcome> {
  const ingress = world.ingresses.get(key);
  if (ingress === undefined || ingress.metadata.deletionTimestamp !== undefined || !isOurs(ingress)) {
    world.attempts.delete(formatKey(key));
    return done;
  }
  const missing = missingCertificate(world, ingress);
  if (missing !== undefined) {
    await writeStatus(world, ingress, { kind: "no certificate", ...missing });
    return done;
  }
  const current = ingress.status?.observedGeneration === ingress.metadata.generation;
  if (current && ingress.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True")) return done;
  const hash = ingressHash(ingress);
  const unprogrammed = await unprogrammedHost(world, ingress, hash, signal);
  await writeStatus(world, ingress, unprogrammed === undefined ? SERVED : WAITING);
  if (unprogrammed === undefined) {
    world.attempts.delete(formatKey(key));
    return done;
  }
  return requeueAfter(nextProbeMs(world, formatKey(key), hash));
}

function isOurs(ingress: Ingress): boolean {
  const { annotations } = ingress.metadata;
  return (annotations?.[INGRESS_CLASS_ANNOTATION] ?? annotations?.[INGRESS_CLASS_OLD_ANNOTATION]) === INGRESS_CLASS;
}

/** The first host that a listener does not serve with this hash; undefined when all are. */
async function unprogrammedHost(world: World, ingress: Ingress, hash: string, signal: AbortSignal): Promise<string | undefined> {
  for (const rule of ingress.spec.rules ?? []) {
    const listener = rule.visibility === "ClusterLocal" ? "internal" : "external";
    for (const host of rule.hosts ?? []) if ((await world.prober.probe(listener, host, signal)) !== hash) return host;
  }
  return undefined;
}

function nextProbeMs(world: World, key: string, hash: string): number {
  const known = world.attempts.get(key);
  const count = known?.hash === hash ? known.count + 1 : 0;
  world.attempts.set(key, { hash, count });
  return PROBE_AGAIN_MS[Math.min(count, PROBE_AGAIN_MS.length - 1)] ?? 1000;
}

const SECRET = "secret";

interface Wanted {
  readonly host: string;
  readonly key: ObjectKey;
}

/** The Secrets whose certificates the hosts are to be served with. */
function secretsOf(ingress: Ingress): Wanted[] {
  const hosts = (ingress.spec.rules ?? []).flatMap((rule) => rule.hosts ?? []);
  return hosts.flatMap((host) => {
    const key = tlsSecretOf(ingress, host);
    return key === undefined ? [] : [{ host, key }];
  });
}

/** The first host whose certificate cannot be shown, and why. */
function missingCertificate({ secrets }: World, ingress: Ingress): { readonly reason: string; readonly message: string } | undefined {
  for (const { host, key } of secretsOf(ingress)) {
    const secret = secrets.get(key);
    const what = `Secret ${JSON.stringify(formatKey(key))} with the certificate of ${host}`;
    if (secret === undefined) return { reason: "SecretNotFound", message: `${what} does not exist.` };
    if (tlsPairOf(secret) === undefined) return { reason: "InvalidSecret", message: `${what} has no tls.crt and tls.key.` };
  }
  return undefined;
}

type State =
  | { readonly kind: "served" }
  | { readonly kind: "waiting" }
  | { readonly kind: "no certificate"; readonly reason: string; readonly message: string };

const SERVED: State = { kind: "served" };
const WAITING: State = { kind: "waiting" };

async function writeStatus(world: World, ingress: Ingress, state: State): Promise<void> {
  const manager = new ConditionManager(CONDITIONS, ingress.status?.conditions, world.clock.now()).initialize();
  if (state.kind === "no certificate") manager.markFalse("NetworkConfigured", state.reason, state.message);
  else manager.markTrue("NetworkConfigured");
  if (state.kind === "served") manager.markTrue("LoadBalancerReady");
  else manager.markUnknown("LoadBalancerReady", "Uninitialized", "Waiting for load balancer to be ready");
  await updateStatusIfChanged(world.client, ingressKind, ingress, {
    ...ingress.status,
    conditions: manager.conditions,
    observedGeneration: ingress.metadata.generation,
    ...(state.kind === "served" ? loadBalancers() : {}),
  });
}

function loadBalancers() {
  return {
    publicLoadBalancer: { ingress: [{ domainInternal: EXTERNAL_GATEWAY.host }] },
    privateLoadBalancer: { ingress: [{ domainInternal: INTERNAL_GATEWAY.host }] },
  };
}
