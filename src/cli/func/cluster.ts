import { createClient } from "../../client/client.ts";
import type { Transport } from "../../client/types.ts";
import { openTransport } from "../kn/connect.ts";
import type { Context } from "../kn/kn.ts";
import type { Func } from "./func.ts";
import type { Settings } from "./settings.ts";

/** What a command that needs a cluster runs with: as the commands of `kn`, and the transport itself. */
export interface ClusterContext extends Context {
  readonly transport: Transport;
}

/** Connects, runs and closes the connection. @throws UserError without a usable kubeconfig */
export async function withCluster<T>(
  func: Func,
  settings: Settings,
  run: (context: ClusterContext) => Promise<T>,
  kubeconfig?: string,
): Promise<T> {
  await using opened = openTransport(func.io, kubeconfig === undefined ? {} : { kubeconfig });
  const client = createClient({ transport: opened.transport, userAgent: "func" });
  const namespace = namespaceOf(settings, opened.connection.namespace);
  const { io, name, clock, signal } = func;
  return await run({ io, name, clock, signal, random: Math.random, client, namespace, offline: false, transport: opened.transport });
}

/** Flag, environment and func.yaml, then the kubeconfig's context, then the global config. */
function namespaceOf(settings: Settings, ofContext: string): string {
  const chosen = settings.text("namespace");
  if (chosen === undefined) return ofContext;
  return settings.source("namespace") === "global" && ofContext !== "default" ? ofContext : chosen;
}
