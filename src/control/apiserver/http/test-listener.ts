import { createAuthority, issueCertificate } from "../../../security/certificates.ts";
import { systemClock } from "../../../std/clock.ts";
import { silentLogger } from "../../../std/logger.ts";
import { seededRandom } from "../../../std/random.ts";
import { startTestServer, type TestServer } from "../routes/test-server.ts";
import type { ApiServerOptions } from "../api-server.ts";
import { listenHttps, type ListenOptions } from "./listen.ts";

export interface TestListener extends AsyncDisposable {
  readonly server: TestServer;
  readonly url: string;
  readonly ca: string;
  readonly admin: { readonly cert: string; readonly key: string };
}

/** A test server behind HTTPS with a certificate authority of its own; token `alice-token` is alice. */
export async function startTestListener(changes: Partial<ApiServerOptions & ListenOptions> = {}): Promise<TestListener> {
  const server = await startTestServer(changes);
  const options = { now: systemClock.now(), random: seededRandom(7) };
  const ca = await createAuthority("test", options);
  const own = await issueCertificate(ca, { commonName: "api", hosts: ["127.0.0.1", "localhost"], usage: "server" }, options);
  const admin = await issueCertificate(ca, { commonName: "kubernetes-admin", organizations: ["system:masters"], usage: "client" }, options);
  const listener = await listenHttps({
    apiServer: server.api,
    host: "127.0.0.1",
    port: 0,
    tls: { key: own.key, cert: own.certificate, ca: ca.certificate },
    tokenUser: (token) =>
      token === "alice-token" ? { kind: "user", user: { name: "alice", groups: [] }, audiences: [] } : { kind: "refused", why: "unknown" },
    clock: systemClock,
    logger: silentLogger,
    graceMs: 200,
    ...(changes.maxSessions === undefined ? {} : { maxSessions: changes.maxSessions }),
  });
  const dispose = async () => {
    await listener[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return {
    server,
    url: listener.url,
    ca: ca.certificate,
    admin: { cert: admin.certificate, key: admin.key },
    [Symbol.asyncDispose]: dispose,
  };
}
