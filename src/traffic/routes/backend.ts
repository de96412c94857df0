/** What lies behind a Service name of a split: limits, protocol and instances. */
import type { EndpointSlice, Service } from "../../api/k8s/types.generated.ts";
import type { Revision } from "../../api/serving/revision.ts";
import type { StartFailure } from "../../api/serving/revision-lifecycle.ts";
import { startFailureOf } from "../../api/serving/revision-lifecycle.ts";

/** Where one instance listens. A dial target comes from one endpoint of one slice, because a port belongs to its slice. */
export interface InstanceSpec {
  /** Unique within its backend; a restarted pod with a new port is another instance. */
  readonly id: string;
  readonly podUid: string;
  /** Empty when the endpoint names no object. */
  readonly podName: string;
  readonly address: string;
  readonly port: number;
}

export type BackendProtocol = "http1" | "h2c";

/** All durations in milliseconds; 0 means none. */
export interface BackendSettings {
  /** 0 is unlimited. */
  readonly containerConcurrency: number;
  readonly timeoutMs: number;
  readonly responseStartTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly protocol: BackendProtocol;
  /** `service`: no Revision stands behind it. `unknown`: not seen yet. */
  readonly kind: "revision" | "service" | "unknown";
}

export interface BackendSpec {
  readonly settings: BackendSettings;
  readonly instances: readonly InstanceSpec[];
  /** Why none comes: without instances, requests have nothing to wait for. */
  readonly startFailure?: StartFailure | undefined;
}

/** How long a request waits for a backend that an Ingress names and nothing else knows yet. */
const UNKNOWN_WAIT_MS = 10_000;

export const unknownBackend: BackendSettings = {
  containerConcurrency: 0,
  timeoutMs: UNKNOWN_WAIT_MS,
  responseStartTimeoutMs: 0,
  idleTimeoutMs: 0,
  protocol: "http1",
  kind: "unknown",
};

const DEFAULT_TIMEOUT_SECONDS = 300;
/** On an EndpointSlice: the Service that it belongs to. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
const PRIVATE_SUFFIX = "-private";
const H2C_PORT_NAMES = ["h2c", "http2"];

/** The Service whose EndpointSlices are a Revision's instances. */
export const privateServiceOf = (revisionName: string): string => revisionName + PRIVATE_SUFFIX;

/** The Revision that a private Service belongs to. */
export function revisionOfPrivate(serviceName: string): string | undefined {
  return serviceName.endsWith(PRIVATE_SUFFIX) ? serviceName.slice(0, -PRIVATE_SUFFIX.length) : undefined;
}

export function projectRevision(revision: Revision, slices: readonly EndpointSlice[]): BackendSpec {
  const spec = revision.spec;
  const h2c = (spec?.containers ?? []).some((container) => container.ports?.some((port) => port.name === "h2c"));
  return {
    settings: {
      containerConcurrency: spec?.containerConcurrency ?? 0,
      timeoutMs: (spec?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
      responseStartTimeoutMs: (spec?.responseStartTimeoutSeconds ?? 0) * 1000,
      idleTimeoutMs: (spec?.idleTimeoutSeconds ?? 0) * 1000,
      protocol: h2c ? "h2c" : "http1",
      kind: "revision",
    },
    instances: slices.flatMap((slice) => instancesOf(slice, trafficPort(slice))),
    startFailure: startFailureOf(revision.status?.conditions),
  };
}

/** A Service without Revision: no limits, no timeouts; that is how conformance tests of an ingress use it. */
export function projectService(service: Service, port: number | string, slices: readonly EndpointSlice[]): BackendSpec {
  const found = service.spec?.ports?.find((one) => one.port === Number(port) || one.name === port);
  const h2c = found?.appProtocol === "kubernetes.io/h2c" || H2C_PORT_NAMES.includes(found?.name ?? "");
  return {
    settings: { ...unknownBackend, timeoutMs: 0, protocol: h2c ? "h2c" : "http1", kind: "service" },
    instances: slices.flatMap((slice) => instancesOf(slice, namedPort(slice, found?.name))),
  };
}

const TRAFFIC_PORTS = ["http", "http2", "h2c", "http1", "user-port"];

/** The port of a Revision's slice that takes requests: by name, else the only one there is. */
function trafficPort(slice: EndpointSlice): number | undefined {
  const ports = slice.ports ?? [];
  return (ports.find((port) => TRAFFIC_PORTS.includes(port.name ?? "")) ?? ports[0])?.port;
}

function namedPort(slice: EndpointSlice, name: string | undefined): number | undefined {
  const ports = slice.ports ?? [];
  return (ports.find((port) => (port.name ?? "") === (name ?? "")) ?? (ports.length === 1 ? ports[0] : undefined))?.port;
}

function instancesOf(slice: EndpointSlice, port: number | undefined): InstanceSpec[] {
  if (port === undefined) return [];
  return (slice.endpoints ?? []).flatMap((endpoint) => {
    const ready = endpoint.conditions?.ready !== false && endpoint.conditions?.terminating !== true;
    const address = endpoint.addresses[0];
    if (!ready || address === undefined) return [];
    const podUid = endpoint.targetRef?.uid ?? "";
    return [{ id: `${podUid}|${address}|${port}`, podUid, podName: endpoint.targetRef?.name ?? "", address, port }];
  });
}
