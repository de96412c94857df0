import { knativeServiceKind, type KnativeService } from "../../src/api/serving/service.ts";
import { podKind } from "../../src/api/core/pod.ts";
import type { Pod } from "../../src/api/k8s/types.generated.ts";
import { isTrue, type Condition } from "../../src/api/meta/conditions.ts";
import { PORTS_ANNOTATION } from "../../src/api/names/kinetic.ts";
import type { List } from "../../src/client/types.ts";
import type { ObjectKey } from "../../src/api/meta/object.ts";
import { systemClock } from "../../src/std/clock.ts";
import { until, type RunningPlatform } from "./platform.ts";

export const NAMESPACE = "default";
const READY_PATIENCE_MS = 60_000;
const ZERO_PATIENCE_MS = 120_000;
const SERVICE_LABEL = "serving.knative.dev/service";

export function keyOfService(name: string): ObjectKey {
  return { namespace: NAMESPACE, name };
}

/** `annotations` without a slash are those of autoscaling.knative.dev. */
export function makeService(name: string, image: string, annotations: Readonly<Record<string, string>>): KnativeService {
  const full = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.includes("/") ? key : `autoscaling.knative.dev/${key}`, value]),
  );
  return {
    metadata: keyOfService(name),
    spec: { template: { metadata: { annotations: full }, spec: { containers: [{ image }] } } },
  } as unknown as KnativeService;
}

/** Creates a Service and resolves with the milliseconds until a watcher sees it Ready. */
export async function createUntilReady(platform: RunningPlatform, service: KnativeService): Promise<number> {
  const stop = new AbortController();
  const { client } = platform;
  const options = { namespace: NAMESPACE, fieldSelector: `metadata.name=${service.metadata.name ?? ""}` };
  const { resourceVersion } = await client.list(knativeServiceKind, options);
  const events = client.watch(knativeServiceKind, { ...options, resourceVersion }, AbortSignal.any([stop.signal, patience()]));
  const startMs = systemClock.monotonicMs();
  const [, readyMs] = await Promise.all([client.create(knativeServiceKind, service), firstReady(events)]);
  stop.abort();
  return readyMs - startMs;
}

function patience(): AbortSignal {
  return AbortSignal.timeout(READY_PATIENCE_MS);
}

async function firstReady(events: AsyncIterable<{ readonly object: KnativeService }>): Promise<number> {
  let last: KnativeService | undefined;
  for await (const { object } of events) {
    if (isReady(object)) return systemClock.monotonicMs();
    last = object;
  }
  throw new Error(`${last?.metadata.name ?? "Service"} is not Ready: ${JSON.stringify(last?.status?.conditions)}`);
}

export function isReady(service: KnativeService): boolean {
  return service.status?.observedGeneration === service.metadata.generation && isTrue(service.status?.conditions, "Ready");
}

/** Deletes a Service and resolves when its pods are gone too. */
export async function deleteService(platform: RunningPlatform, name: string): Promise<void> {
  await platform.client.delete(knativeServiceKind, keyOfService(name));
  await untilZero(platform, [name]);
}

/** Resolves once none of the Services has a pod. */
export async function untilZero(platform: RunningPlatform, names: readonly string[]): Promise<void> {
  const wanted = new Set(names);
  await until(`no pod of ${names.join(", ")}`, ZERO_PATIENCE_MS, async () => {
    const pods = await platform.client.list(podKind, { namespace: NAMESPACE });
    return pods.items.some((pod) => wanted.has(pod.metadata.labels?.[SERVICE_LABEL] ?? "")) ? undefined : true;
  });
}

/** How many pods of the Service are Ready. */
export async function readyPods(platform: RunningPlatform, name: string): Promise<number> {
  const pods = await podsOf(platform, name);
  return pods.items.filter((pod) => isTrue(pod.status?.conditions as readonly Condition[] | undefined, "Ready")).length;
}

/** Host and port where the Service's only instance listens itself, without the platform in between. */
export function instanceAddress(platform: RunningPlatform, name: string): Promise<string> {
  return until(`address of an instance of ${name}`, READY_PATIENCE_MS, async () => {
    const { items } = await podsOf(platform, name);
    return items.map(addressOf).find((address) => address !== undefined);
  });
}

function addressOf({ metadata, status }: Pod): string | undefined {
  const [port] = Object.values(JSON.parse(metadata.annotations?.[PORTS_ANNOTATION] ?? "{}") as Record<string, number>);
  return port === undefined || status?.podIP === undefined ? undefined : `${status.podIP}:${port}`;
}

function podsOf(platform: RunningPlatform, name: string): Promise<List<Pod>> {
  return platform.client.list(podKind, { namespace: NAMESPACE, labelSelector: `${SERVICE_LABEL}=${name}` });
}

/** The Host header that reaches the Service through the gateway. */
export function hostOf(platform: RunningPlatform, name: string): string {
  return `${name}.${NAMESPACE}.${platform.running.domain}`;
}
