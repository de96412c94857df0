import type { Container, ContainerPort, EnvVar, Probe } from "../../../../../api/k8s/types.generated.ts";
import type { Revision } from "../../../../../api/serving/revision.ts";
import { CONFIGURATION_LABEL, SERVICE_LABEL } from "../../../../../api/names/labels.ts";
import type { PodProfile } from "./profile.ts";

const DEFAULT_PORT = 8080;
const PORT_NAME = "user-port";

/** The container that requests go to: the only one, or the one with a port. */
export function servingContainer(revision: Revision): Container {
  const { containers } = revision.spec;
  const found = containers.length === 1 ? containers[0] : containers.find(({ ports }) => (ports?.length ?? 0) > 0);
  if (found === undefined) throw new Error(`revision ${revision.metadata.name} has no serving container`);
  return found;
}

export function servingPort(revision: Revision): number {
  return servingContainer(revision).ports?.[0]?.containerPort || DEFAULT_PORT;
}

/** `h2c` when the user named the port so. */
export function protocolOf(revision: Revision): "http1" | "h2c" {
  return servingContainer(revision).ports?.[0]?.name === "h2c" ? "h2c" : "http1";
}

/** The containers of the pod: the user's, with the environment of the runtime contract and resolved images. */
export function makeContainers(revision: Revision, profile: PodProfile): Container[] {
  const serving = servingContainer(revision);
  return revision.spec.containers.map((container) =>
    container === serving ? makeServing(revision, container, profile) : makeBeside(revision, container, profile),
  );
}

function makeServing(revision: Revision, container: Container, profile: PodProfile): Container {
  const port = servingPort(revision);
  const ports: ContainerPort[] = [{ name: PORT_NAME, containerPort: port, protocol: "TCP" }];
  const env = [...(container.env ?? []), { name: "PORT", value: String(port) }, ...knativeEnv(revision)];
  const made = { ...makeCommon(revision, container, profile), env, ports };
  return { ...made, ...makeProbes(container, port, profile) };
}

function makeBeside(revision: Revision, container: Container, profile: PodProfile): Container {
  return { ...makeCommon(revision, container, profile), env: [...(container.env ?? []), ...knativeEnv(revision)] };
}

function makeCommon(revision: Revision, container: Container, { lifecycle }: PodProfile): Container {
  return {
    ...container,
    image: resolvedImage(revision, container),
    terminationMessagePolicy: container.terminationMessagePolicy || "FallbackToLogsOnError",
    ...(lifecycle === undefined ? {} : { lifecycle }),
  };
}

function resolvedImage(revision: Revision, { name, image }: Container): string | undefined {
  const known = [...(revision.status?.containerStatuses ?? []), ...(revision.status?.initContainerStatuses ?? [])];
  return known.find((status) => status.name === name)?.imageDigest || image;
}

/** Init containers: the user's with resolved images. */
export function makeInitContainers(revision: Revision): Container[] | undefined {
  return revision.spec.initContainers?.map((container) => ({ ...container, image: resolvedImage(revision, container) }));
}

function knativeEnv(revision: Revision): EnvVar[] {
  const { name, labels } = revision.metadata;
  return [
    { name: "K_REVISION", value: name },
    { name: "K_CONFIGURATION", value: labels?.[CONFIGURATION_LABEL] ?? "" },
    { name: "K_SERVICE", value: labels?.[SERVICE_LABEL] ?? "" },
  ];
}

function makeProbes(container: Container, port: number, profile: PodProfile): Partial<Container> {
  const { readinessProbe, livenessProbe, startupProbe } = container;
  return {
    ...(readinessProbe === undefined ? {} : { readinessProbe: eager(withPort(readinessProbe, port), profile) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: withPort(livenessProbe, port) }),
    ...(startupProbe === undefined ? {} : { startupProbe: withPort(startupProbe, port) }),
  };
}

/** A probe without a port means the port that is served. */
function withPort(probe: Probe, port: number): Probe {
  const { httpGet, tcpSocket, grpc } = probe;
  return {
    ...probe,
    ...(httpGet === undefined ? {} : { httpGet: { ...httpGet, port: known(httpGet.port, port) } }),
    ...(tcpSocket === undefined ? {} : { tcpSocket: { ...tcpSocket, port: known(tcpSocket.port, port) } }),
    ...(grpc === undefined ? {} : { grpc: { ...grpc, port: grpc.port || port } }),
  };
}

/** A named port is the one that is served: validation lets no other name pass. */
function known(port: number | string | undefined, serving: number): number | string {
  return port === undefined || port === 0 || port === "" || Number.isNaN(Number(port)) ? serving : port;
}

function eager(probe: Probe, { eagerProbePeriodSeconds }: PodProfile): Probe {
  if ((probe.periodSeconds ?? 0) !== 0 || eagerProbePeriodSeconds === undefined) return probe;
  return { ...probe, periodSeconds: eagerProbePeriodSeconds };
}
