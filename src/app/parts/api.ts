import { allDefinitions, allKinds } from "../../api/kinds.ts";
import { API_SERVICE } from "../bootstrap/services.ts";
import type { Pki } from "../pki.ts";
import { createClient } from "../../client/client.ts";
import type { Client } from "../../client/types.ts";
import { createApiServer, type ApiServer, type ApiServerOptions } from "../../control/apiserver/api-server.ts";
import { listenHttps } from "../../control/apiserver/http/listen.ts";
import { openSqliteStore } from "../../control/apiserver/store/sqlite/open.ts";
import type { Store } from "../../control/apiserver/store/contract.ts";
import type { TokenUser } from "../../control/apiserver/auth/authenticate.ts";
import type { World } from "../world.ts";

/** Kubernetes whose API this is; clients look at it to choose features. */
const KUBERNETES = { major: "1", minor: "34", version: "v1.34.4" };

export const KUBERNETES_VERSION = `${KUBERNETES.version}+kinetic`;

/** `kubectl get crd` shows it as the age of the built-in definitions. */
const BUILD_DATE = "2026-11-24T00:00:00Z";

/** Opens the store; the message of a refusal is one sentence for people. */
export async function openStore(
  world: World,
  directory: string,
): Promise<
  { readonly kind: "ok"; readonly store: Store } | { readonly kind: "refused"; readonly message: string; readonly locked: boolean }
> {
  const opened = await openSqliteStore({ directory, clock: world.clock, logger: world.logger });
  return opened.kind === "ok" ? opened : { kind: "refused", message: opened.message, locked: opened.kind === "locked" };
}

export function makeApiServer(
  world: World,
  store: Store,
  handlers: Pick<ApiServerOptions, "subresources" | "sessions" | "tokenUser" | "delegated">,
): ApiServer {
  return createApiServer({
    store,
    kinds: allKinds,
    definitions: allDefinitions(),
    clock: world.clock,
    random: world.random,
    logger: world.logger,
    version: {
      major: KUBERNETES.major,
      minor: KUBERNETES.minor,
      gitVersion: KUBERNETES_VERSION,
      gitCommit: "",
      gitTreeState: "clean",
      buildDate: BUILD_DATE,
      goVersion: "none",
      compiler: "node",
      platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
    },
    ...handlers,
  });
}

/** The API over HTTPS on loopback, for everybody outside of this process. */
export function serveApi(
  world: World,
  apiServer: ApiServer,
  options: { readonly pki: Pki; readonly port: number; readonly tokenUser: TokenUser },
): Promise<AsyncDisposable> {
  const { pki, port, tokenUser } = options;
  return listenHttps({
    apiServer,
    host: "127.0.0.1",
    port,
    tls: { key: pki.server.key, cert: pki.server.certificate, ca: pki.ca.certificate },
    tokenUser,
    servedNames: [API_SERVICE.address],
    clock: world.clock,
    logger: world.logger,
  });
}

/** A client inside this process. `derived` writes can be made again after a power cut; `durable` ones are synced first. */
export function insideClient(apiServer: ApiServer, user: string, durability: "durable" | "derived"): Client {
  const transport = apiServer.transport({ user, groups: ["system:masters"], durability });
  return createClient({ transport, userAgent: user.replace(/^system:/, "") });
}
