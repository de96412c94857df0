import { parseDocument, stringify, type YAMLSeq } from "yaml";
import type { Kubeconfig } from "./types.ts";

export interface Access {
  /** Name of cluster, user and context. */
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly token: string;
}

/** A kubeconfig with one context that is current. */
export function makeKubeconfig(access: Access): Kubeconfig {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const user = {
    "client-certificate-data": base64(access.clientCertificate),
    "client-key-data": base64(access.clientKey),
    token: access.token,
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: access.name, cluster: { server: access.server, "certificate-authority-data": base64(access.ca) } }],
    users: [{ name: access.name, user }],
    contexts: [{ name: access.name, context: { cluster: access.name, user: access.name } }],
    "current-context": access.name,
  };
}

export function formatKubeconfig(config: Kubeconfig): string {
  return stringify(config, { lineWidth: 0 });
}

/** The text of an existing kubeconfig with our entries put in or replaced, and ours current. Comments of the rest stay. */
export function mergeKubeconfig(existing: string, ours: Kubeconfig): string {
  if (existing.trim() === "") return formatKubeconfig(ours);
  const document = parseDocument(existing);
  if (document.errors.length > 0) throw new Error(`the existing kubeconfig is not valid YAML: ${document.errors[0]?.message ?? ""}`);
  for (const key of ["clusters", "users", "contexts"] as const) {
    if (!document.has(key) || document.get(key) === null) document.set(key, document.createNode([]));
    const sequence = document.get(key) as YAMLSeq;
    for (const entry of ours[key]) {
      const index = sequence.items.findIndex((item) => (item as { get(name: string): unknown }).get("name") === entry.name);
      const node = document.createNode(entry);
      if (index < 0) sequence.add(node);
      else sequence.items[index] = node;
    }
  }
  document.set("current-context", ours["current-context"]);
  return document.toString({ lineWidth: 0 });
}
