import type { EnvEntry } from "../control/node/drivers/contract.ts";

/** The variables by which programs in Pods find the API server: those that a kubelet makes of the Service `kubernetes`. */
export function apiServerEnv(host: string, port: number): EnvEntry[] {
  const url = `tcp://${host}:${port}`;
  const prefix = `KUBERNETES_PORT_${port}_TCP`;
  const values = {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: String(port),
    KUBERNETES_SERVICE_PORT_HTTPS: String(port),
    KUBERNETES_PORT: url,
    [prefix]: url,
    [`${prefix}_PROTO`]: "tcp",
    [`${prefix}_PORT`]: String(port),
    [`${prefix}_ADDR`]: host,
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
