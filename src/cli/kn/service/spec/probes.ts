import type { Probe } from "../../../../api/k8s/types.generated.ts";
import { UserError } from "../../../shared/io.ts";
import { parsePairs } from "./pairs.ts";

const OPTIONS: Readonly<
  Record<string, "initialDelaySeconds" | "timeoutSeconds" | "periodSeconds" | "successThreshold" | "failureThreshold">
> = {
  initialdelayseconds: "initialDelaySeconds",
  timeoutseconds: "timeoutSeconds",
  periodseconds: "periodSeconds",
  successthreshold: "successThreshold",
  failurethreshold: "failureThreshold",
};

/** The probe with a new action (`http:host:port:path`, `tcp:host:port`, `exec:cmd,arg`) and new options (`K=N,...`). */
export function probeOf(old: Probe | undefined, action: string | undefined, options: string | undefined): Probe {
  const timing = old === undefined ? {} : timingOf(old);
  const base: Probe = action === undefined ? { ...old } : { ...timing, ...actionOf(action) };
  for (const [key, value] of parsePairs("probe-opts", options === undefined || options === "" ? [] : options.split(",")).set) {
    const field = OPTIONS[key.toLowerCase()];
    if (field === undefined) throw new UserError(`not a valid probe parameter name '${key}'`);
    if (!/^\d+$/.test(value)) throw new UserError(`not a nummeric value for parameter '${key}'`);
    base[field] = Number(value);
  }
  return base;
}

function timingOf(probe: Probe): Probe {
  const { exec: _exec, grpc: _grpc, httpGet: _httpGet, tcpSocket: _tcpSocket, ...timing } = probe;
  return timing;
}

const EXPECTED: Readonly<Record<string, string>> = {
  http: "<http,https>:host:port:path",
  https: "<http,https>:host:port:path",
  tcp: "tcp:host:port",
  exec: "exec:cmd,cmd,...",
};

function actionOf(text: string): Probe {
  const [type = "", ...parts] = text.split(":");
  const expected = EXPECTED[type];
  if (expected === undefined) throw new UserError(`unsupported probe type '${type}'; supported types: http, https, exec, tcp`);
  if (type === "exec" && parts.length === 1) return { exec: { command: (parts[0] ?? "").split(",") } };
  const [host = "", port = "", path = ""] = parts;
  if (type === "tcp" && parts.length === 2) return { tcpSocket: { ...named("host", host), port: portOf(port) } };
  if (type.startsWith("http") && parts.length === 3) {
    const scheme = type === "https" ? { scheme: "HTTPS" } : {};
    return { httpGet: { ...named("host", host), ...named("path", path), port: portOf(port), ...scheme } };
  }
  throw new UserError(`unexpected probe format, please use '${expected}'`);
}

function named<K extends string>(key: K, value: string): { [key in K]?: string } {
  return value === "" ? {} : ({ [key]: value } as { [key in K]?: string });
}

function portOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
