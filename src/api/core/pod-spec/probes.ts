import type {
  Container,
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  LifecycleHandler,
  Probe,
  TCPSocketAction,
} from "../../k8s/types.generated.ts";
import type { FieldCause } from "../../meta/kind.ts";
import { forbiddenCause, invalidCause, invalidCauses, oneOf, requiredCause } from "../../meta/validation/causes.ts";
import { portNumberCauses, portReferenceCauses } from "./ports.ts";

const COUNTS = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] as const;
const HEADER_NAME = /^[-A-Za-z0-9]+$/;
const HEADER_TEXT =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

/** Lifecycle hooks and the three probes of a container. */
export function lifecycleCauses(container: Container, path: string): FieldCause[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...hookCauses(lifecycle?.postStart, `${path}.lifecycle.postStart`),
    ...hookCauses(lifecycle?.preStop, `${path}.lifecycle.preStop`),
    ...probeCauses(livenessProbe, `${path}.livenessProbe`),
    ...onceCauses(livenessProbe, `${path}.livenessProbe`),
    ...probeCauses(readinessProbe, `${path}.readinessProbe`),
    ...graceCauses(readinessProbe, `${path}.readinessProbe`),
    ...probeCauses(startupProbe, `${path}.startupProbe`),
    ...onceCauses(startupProbe, `${path}.startupProbe`),
  ];
}

export function probeCauses(probe: Probe | undefined, path: string): FieldCause[] {
  if (probe === undefined) return [];
  const counts = COUNTS.filter((name) => (probe[name] ?? 0) < 0);
  const grace = probe.terminationGracePeriodSeconds;
  return [
    ...handlerCauses(probe, path),
    ...counts.map((name) => invalidCause(`${path}.${name}`, probe[name], "must be greater than or equal to 0")),
    ...(grace !== undefined && grace <= 0 ? [invalidCause(`${path}.terminationGracePeriodSeconds`, grace, "must be greater than 0")] : []),
  ];
}

/** One success has to be enough where a failure restarts. */
function onceCauses(probe: Probe | undefined, path: string): FieldCause[] {
  const threshold = probe?.successThreshold ?? 1;
  return threshold === 1 ? [] : [invalidCause(`${path}.successThreshold`, threshold, "must be 1")];
}

function graceCauses(probe: Probe | undefined, path: string): FieldCause[] {
  const grace = probe?.terminationGracePeriodSeconds;
  return grace === undefined ? [] : [invalidCause(`${path}.terminationGracePeriodSeconds`, grace, "must not be set for readinessProbes")];
}

function hookCauses(handler: LifecycleHandler | undefined, path: string): FieldCause[] {
  return handler === undefined ? [] : handlerCauses(handler, path);
}

function handlerCauses(handler: Probe & LifecycleHandler, path: string): FieldCause[] {
  const given = [
    handler.exec && execCauses(handler.exec, `${path}.exec`),
    handler.httpGet && httpGetCauses(handler.httpGet, `${path}.httpGet`),
    handler.tcpSocket && tcpCauses(handler.tcpSocket, `${path}.tcpSocket`),
    handler.grpc && grpcCauses(handler.grpc, `${path}.grpc`),
    handler.sleep && [],
  ].filter((causes) => causes !== undefined);
  if (given.length === 0) return [requiredCause(path, "must specify a handler type")];
  if (given.length > 1) return [...given.flat(), forbiddenCause(path, "may not specify more than 1 handler type")];
  return given.flat();
}

function execCauses(action: ExecAction, path: string): FieldCause[] {
  return (action.command ?? []).length === 0 ? [requiredCause(`${path}.command`)] : [];
}

function httpGetCauses(action: HTTPGetAction, path: string): FieldCause[] {
  const wrongHeaders = (action.httpHeaders ?? []).filter((header) => !HEADER_NAME.test(header.name));
  return [
    ...(action.path === "" ? [requiredCause(`${path}.path`)] : []),
    ...portReferenceCauses(action.port ?? 0, `${path}.port`),
    ...oneOf(`${path}.scheme`, action.scheme, ["HTTP", "HTTPS"]),
    ...wrongHeaders.flatMap((header) => invalidCauses(`${path}.httpHeaders`, header.name, [HEADER_TEXT])),
  ];
}

function tcpCauses(action: TCPSocketAction, path: string): FieldCause[] {
  return portReferenceCauses(action.port ?? 0, `${path}.port`);
}

function grpcCauses(action: GRPCAction, path: string): FieldCause[] {
  return portNumberCauses(action.port ?? 0, `${path}.port`);
}
