import type { Probe } from "../../../api/k8s/types.generated.ts";
import { probeExec } from "./exec.ts";
import { probeGrpc } from "./grpc.ts";
import { probeHttp } from "./http.ts";
import { failure, type ProbeOutcome, type ProbeTarget } from "./outcome.ts";
import { probeTcp } from "./tcp.ts";

/** What a probe or hook does, without its schedule. */
export type Action = Pick<Probe, "exec" | "httpGet" | "tcpSocket" | "grpc">;

/** Tries once. Never rejects; gives up when the signal aborts. */
export async function runAction(action: Action, target: ProbeTarget, signal: AbortSignal): Promise<ProbeOutcome> {
  if (action.exec !== undefined) return probeExec(action.exec, target, signal);
  const reference = action.httpGet?.port ?? action.tcpSocket?.port ?? action.grpc?.port ?? 0;
  const port = target.port(reference);
  if (port === undefined) return failure(`couldn't find port: ${reference}`);
  if (action.httpGet !== undefined) return probeHttp(action.httpGet, { ip: target.ip, port }, signal);
  if (action.grpc !== undefined) return probeGrpc(action.grpc.service ?? "", { ip: target.ip, port }, signal);
  return probeTcp({ ip: action.tcpSocket?.host || target.ip, port }, signal);
}
