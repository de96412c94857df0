import type { Probe } from "../../k8s/types.generated.ts";

/** A probe in the words of Kubernetes' Go types, as the webhook prints one that comes or goes whole. */
export function goProbe({ exec, httpGet, tcpSocket, grpc, ...times }: Probe): string {
  const handler = [
    `Exec:${exec === undefined ? "nil" : `&ExecAction{Command:[${(exec.command ?? []).join(" ")}],}`}`,
    `HTTPGet:${httpGet === undefined ? "nil" : goHttpGet(httpGet)}`,
    `TCPSocket:${tcpSocket === undefined ? "nil" : `&TCPSocketAction{Port:${goPort(tcpSocket.port)},Host:${tcpSocket.host ?? ""},}`}`,
    `GRPC:${grpc === undefined ? "nil" : `&GRPCAction{Port:${grpc.port},Service:${pointed(grpc.service)},}`}`,
  ];
  const fields = [
    `ProbeHandler:ProbeHandler{${handler.join(",")},}`,
    `InitialDelaySeconds:${times.initialDelaySeconds ?? 0}`,
    `TimeoutSeconds:${times.timeoutSeconds ?? 0}`,
    `PeriodSeconds:${times.periodSeconds ?? 0}`,
    `SuccessThreshold:${times.successThreshold ?? 0}`,
    `FailureThreshold:${times.failureThreshold ?? 0}`,
    `TerminationGracePeriodSeconds:${pointed(times.terminationGracePeriodSeconds)}`,
  ];
  return `&Probe{${fields.join(",")},}`;
}

function pointed(value: string | number | undefined): string {
  return value === undefined ? "nil" : `*${value}`;
}

function goHttpGet({ path = "", port, host = "", scheme = "", httpHeaders = [] }: NonNullable<Probe["httpGet"]>): string {
  const headers = httpHeaders.map(({ name, value }) => `HTTPHeader{Name:${name},Value:${value},},`).join("");
  return `&HTTPGetAction{Path:${path},Port:${goPort(port)},Host:${host},Scheme:${scheme},HTTPHeaders:[]HTTPHeader{${headers}},}`;
}

/** Kind, number and name. */
function goPort(port: number | string | undefined): string {
  return typeof port === "string" ? `{1 0 ${port}}` : `{0 ${port ?? 0} }`;
}
