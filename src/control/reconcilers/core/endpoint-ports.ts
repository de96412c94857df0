import type { Container, Pod, Service, ServicePort } from "../../../api/k8s/types.generated.ts";
import { PORTS_ANNOTATION } from "../../../api/names/kinetic.ts";
import { isRecord } from "../../../std/json.ts";

/** A port of a Service on one pod. */
export interface ResolvedPort {
  readonly name: string;
  readonly protocol: string;
  /** The port to dial on podIP. */
  readonly port: number;
  readonly appProtocol?: string;
}

/**
 * The ports of the Service as they are on this pod. Where pods share an address, the annotation of the node agent says
 * which port a container port really has. A port whose name no container knows is left out.
 */
export function resolvePorts(service: Service, pod: Pod): readonly ResolvedPort[] {
  const real = realPorts(pod);
  return (service.spec?.ports ?? []).flatMap((port) => {
    const target = targetPort(port, pod);
    if (target === undefined) return [];
    const { name = "", protocol = "TCP", appProtocol } = port;
    return [{ name, protocol, port: real.get(target) ?? target, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function targetPort({ targetPort: target, port, protocol = "TCP" }: ServicePort, pod: Pod): number | undefined {
  if (target === undefined || target === 0 || target === "") return port;
  if (typeof target === "number") return target;
  const ports = containersOf(pod).flatMap((container) => container.ports ?? []);
  return ports.find(({ name, protocol: spoken = "TCP" }) => name === target && spoken === protocol)?.containerPort;
}

function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always")];
}

function realPorts({ metadata }: Pod): ReadonlyMap<number, number> {
  const text = metadata.annotations?.[PORTS_ANNOTATION];
  const parsed: unknown = text === undefined ? undefined : parse(text);
  if (!isRecord(parsed)) return new Map();
  return new Map(Object.entries(parsed).map(([port, real]) => [Number(port), Number(real)]));
}

/** A user can write the annotation too; nonsense counts as none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
