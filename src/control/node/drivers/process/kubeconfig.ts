import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerSpec } from "../contract.ts";
import { isTokenFolder } from "./tree-view.ts";

/**
 * Programs look for their account's token at one path, which a process without a container cannot be shown. A kubeconfig that
 * names the real files serves every client that reads `KUBECONFIG`. Answers its path; undefined without a token or an API server.
 */
export function makeKubeconfig(spec: ContainerSpec): string | undefined {
  const token = spec.mounts.find(isTokenFolder)?.hostPath;
  const value = (name: string) => spec.env.findLast((entry) => entry.name === name)?.value;
  const [host, port] = [value("KUBERNETES_SERVICE_HOST"), value("KUBERNETES_SERVICE_PORT")];
  if (token === undefined || host === undefined || port === undefined || value("KUBECONFIG") !== undefined) return undefined;
  const name = "in-cluster";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: `https://${host}:${port}`, "certificate-authority": join(token, "ca.crt") } }],
    users: [{ name, user: { tokenFile: join(token, "token") } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: spec.namespace } }],
    "current-context": name,
  };
  const path = join(spec.folder, "kubeconfig");
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o644 }); // the secret is in the file that it names
  return path;
}
