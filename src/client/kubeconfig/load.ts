import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { parse } from "yaml";
import type { ClusterEntry, Connection, Kubeconfig, LoadResult, UserEntry } from "./types.ts";

export interface LoadOptions {
  /** Files in the order of precedence: the first that sets a name wins, as kubectl reads KUBECONFIG. */
  readonly paths: readonly string[];
  readonly context?: string;
  readonly cluster?: string;
}

/** The files that `KUBECONFIG` or, without it, the home folder name. An explicit `--kubeconfig` replaces both. */
export function kubeconfigPaths(environment: Readonly<Record<string, string | undefined>>, explicit?: string): string[] {
  if (explicit !== undefined && explicit !== "") return [explicit];
  const listed = (environment["KUBECONFIG"] ?? "").split(":").filter((path) => path !== "");
  if (listed.length > 0) return listed;
  return environment["HOME"] === undefined ? [] : [join(environment["HOME"], ".kube", "config")];
}

/** Reads, merges and resolves to one connection. */
export function loadKubeconfig(options: LoadOptions): LoadResult {
  try {
    const merged = mergeFiles(options.paths.map(readFile).filter((file) => file !== undefined));
    return merged === undefined ? { kind: "none" } : resolve(merged, options);
  } catch (error) {
    return { kind: "invalid", message: (error as Error).message };
  }
}

function readFile(path: string): Kubeconfig | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const parsed = (parse(text) ?? {}) as Partial<Kubeconfig>;
  if (typeof parsed !== "object") throw new Error(`${path} is not a kubeconfig`);
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: (parsed.clusters ?? []).map((entry) => ({ ...entry, cluster: absolutePaths(entry.cluster, path) })),
    users: (parsed.users ?? []).map((entry) => ({ ...entry, user: absolutePaths(entry.user, path) })),
    contexts: parsed.contexts ?? [],
    "current-context": parsed["current-context"] ?? "",
  };
}

/** File names in a kubeconfig are relative to the file that holds them. */
function absolutePaths<T extends ClusterEntry | UserEntry>(entry: T, file: string): T {
  const copy: Record<string, unknown> = { ...entry };
  for (const key of ["certificate-authority", "client-certificate", "client-key", "tokenFile"]) {
    const value = copy[key];
    if (typeof value === "string" && value !== "" && !isAbsolute(value)) copy[key] = join(dirname(file), value);
  }
  return copy as unknown as T;
}

function mergeFiles(files: readonly Kubeconfig[]): Kubeconfig | undefined {
  const [first, ...rest] = files;
  if (first === undefined) return undefined;
  return rest.reduce(
    (all, next) => ({
      ...all,
      clusters: [...all.clusters, ...next.clusters],
      users: [...all.users, ...next.users],
      contexts: [...all.contexts, ...next.contexts],
      "current-context": all["current-context"] || next["current-context"],
    }),
    first,
  );
}

function resolve(config: Kubeconfig, options: LoadOptions): LoadResult {
  const wanted = options.context ?? config["current-context"];
  const context = config.contexts.find((entry) => entry.name === wanted)?.context;
  if (context === undefined && wanted !== "") return { kind: "invalid", message: `context "${wanted}" does not exist` };
  const clusterName = options.cluster ?? context?.cluster;
  const cluster = config.clusters.find((entry) => entry.name === clusterName)?.cluster;
  if (cluster === undefined) {
    return clusterName === undefined ? { kind: "none" } : { kind: "invalid", message: `cluster "${clusterName}" does not exist` };
  }
  const user = config.users.find((entry) => entry.name === context?.user)?.user ?? {};
  return { kind: "ok", connection: connectionOf(cluster, user, context?.namespace ?? "default") };
}

function connectionOf(cluster: ClusterEntry, user: UserEntry, namespace: string): Connection {
  const optional = {
    ca: content(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    clientCertificate: content(user["client-certificate-data"], user["client-certificate"]),
    clientKey: content(user["client-key-data"], user["client-key"]),
    token: user.token ?? (user.tokenFile === undefined ? undefined : readFileSync(user.tokenFile, "utf8").trim()),
    serverName: cluster["tls-server-name"],
    basic: user.username === undefined ? undefined : { username: user.username, password: user.password ?? "" },
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { server: cluster.server.replace(/\/$/, ""), namespace, insecure: cluster["insecure-skip-tls-verify"] === true, ...present };
}

function content(base64: string | undefined, path: string | undefined): string | undefined {
  if (base64 !== undefined && base64 !== "") return Buffer.from(base64, "base64").toString("utf8");
  return path === undefined || path === "" ? undefined : readFileSync(path, "utf8");
}
