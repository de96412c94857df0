import type { Container, Probe } from "../../k8s/types.generated.ts";

/** Fills in the probes of the container that serves. Changes `container`. */
export function defaultServingProbes(container: Container): void {
  const probe: Probe = container.readinessProbe ?? {};
  container.readinessProbe = probe;
  if (!hasHandler(probe)) probe.tcpSocket = { port: 0 };
  probe.successThreshold ||= 1;
  if ((probe.periodSeconds ?? 0) !== 0) {
    probe.failureThreshold ||= 3;
    probe.timeoutSeconds ||= 1;
  }
  completeProbes(container);
}

/** What a decoded probe always says: its port, even if that is 0. Changes `container`. */
export function completeProbes(container: Container): void {
  for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe]) {
    if (probe === undefined) continue;
    if (probe.httpGet !== undefined) probe.httpGet.port ??= 0;
    if (probe.tcpSocket !== undefined) probe.tcpSocket.port ??= 0;
    if (probe.grpc !== undefined) {
      probe.grpc.port ??= 0;
      probe.grpc.service ??= "";
    }
  }
}

function hasHandler(probe: Probe): boolean {
  return probe.httpGet !== undefined || probe.tcpSocket !== undefined || probe.exec !== undefined || probe.grpc !== undefined;
}
