/**
 * The conformance program of HTTP/2 against both listeners. Its last published version knows RFC 7540 and is pinned in
 * `grpc/h2spec/go.mod`. Every case that does not pass stands below with its reason; one that passes may not stand there.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createAuthority, issueCertificate } from "../../src/security/certificates.ts";
import { systemClock } from "../../src/std/clock.ts";
import { requires } from "../../src/testing/requirements.ts";
import { backend, gatewayWorld, setInstances } from "../../src/traffic/gateway/fixtures/gateway-world.ts";
import { ingress, revision } from "../../src/traffic/gateway/fixtures/objects.ts";
import { run, temporaryFolder } from "./harness.ts";

const MODULE = join(import.meta.dirname, "grpc/h2spec");
const PACKAGE = "github.com/summerwind/h2spec/cmd/h2spec";
const CASES = 145;
const IGNORED = "nghttp2 drops frames of a stream that is closed, as RFC 9113 5.1 allows for those that were under way";
const PRIORITY = "RFC 9113 5.3.2 withdrew priorities: PRIORITY frames are skipped unread";
const STRICTER = "node:http2 closes the connection, which ends more than the stream that is asked for";

const EXPLAINED: Readonly<Record<string, string>> = {
  "http2/5.1 closed: Sends a DATA frame after sending RST_STREAM frame": IGNORED,
  "http2/5.1 closed: Sends a HEADERS frame after sending RST_STREAM frame": IGNORED,
  "http2/5.1 closed: Sends a DATA frame": IGNORED,
  "http2/5.1 closed: Sends a HEADERS frame": IGNORED,
  "http2/5.1.1 Sends stream identifier that is numerically smaller than previous": IGNORED,
  "http2/5.3.1 Sends PRIORITY frame that depend on itself": PRIORITY,
  "http2/6.3 Sends a PRIORITY frame with 0x0 stream identifier": PRIORITY,
  "http2/6.7 Sends a PING frame with ACK": "node:http2 takes an answer to no question for an error and closes the connection",
  "http2/6.9.1 Sends multiple WINDOW_UPDATE frames increasing the flow control window to above 2^31-1 on a stream": STRICTER,
};

/**
 * Whether these pass depends on who is first. The case sends a whole request and one frame more: the frame meets a stream
 * that is half closed, which is answered as the case asks, or one that was answered and is closed already.
 */
const EITHER: ReadonlySet<string> = new Set([
  "http2/5.1 half closed (remote): Sends a DATA frame",
  "http2/5.1 half closed (remote): Sends a HEADERS frame",
  "http2/6.1 Sends a DATA frame on the stream that is not in &#34;open&#34; or &#34;half-closed (local)&#34; state",
  "http2/8.1 Sends a second HEADERS frame without the END_STREAM flag",
]);

/** Without TLS the port also speaks HTTP/1.1, in which what is no preface is answered, with 400, and closed. */
const EXPLAINED_PLAIN = { ...EXPLAINED, "http2/3.5 Sends invalid connection preface": "it is answered as a malformed HTTP/1.1 request" };

async function conformance(t: TestContext): Promise<(args: readonly string[]) => Promise<{ total: number; failed: string[] }>> {
  const folder = await temporaryFolder(t);
  const program = join(folder, "h2spec");
  const built = await run("go", ["build", "-C", MODULE, "-mod=readonly", "-o", program, PACKAGE]);
  assert.equal(built.code, 0, built.stderr);
  return async (args) => {
    const report = join(folder, "report.xml");
    const { stdout } = await run(program, ["--host", "127.0.0.1", "--timeout", "2", "--junit-report", report, ...args]);
    const text = await readFile(report, "utf8").catch(() => assert.fail(stdout));
    const cases = [...text.matchAll(/<testcase package="([^"]*)" classname="([^"]*)"[^>]*>([^]*?)<\/testcase>/g)];
    const failed = cases.filter(([, , , outcome = ""]) => outcome.trim() !== "").map(([, where, what]) => `${where} ${what}`);
    return { total: cases.length, failed };
  };
}

async function gateway(stack: AsyncDisposableStack) {
  const world = { now: systemClock.now(), random: Math.random };
  const authority = await createAuthority("h2spec", world);
  const certificate = await issueCertificate(authority, { commonName: "h2spec", hosts: ["127.0.0.1"], usage: "server" }, world);
  const tls = { addresses: [{ host: "127.0.0.1", port: 0 }], certificate, authority };
  const app = stack.use(
    await backend(
      (request, response) =>
        void request
          .on("error", () => {})
          .on("end", () => response.end("hello"))
          .resume(),
    ),
  );
  const made = stack.use(await gatewayWorld({ tls }));
  made.world.put(revision("rev"));
  made.world.put(ingress("app", { hosts: ["127.0.0.1"], splits: [{ revision: "rev", percent: 100 }] }));
  setInstances(made.world, [app.port]);
  return { plain: String(made.port), tls: String(made.gateway.addresses.tls[0]?.port) };
}

test("h2spec: what does not pass is explained, without TLS and with it", { skip: requires("go"), timeout: 240_000 }, async (t) => {
  await using stack = new AsyncDisposableStack();
  const h2spec = await conformance(t);
  const ports = await gateway(stack);
  const plain = await h2spec(["--port", ports.plain]);
  const tls = await h2spec(["--port", ports.tls, "--tls", "--insecure"]);
  assert.deepEqual([plain.total, tls.total], [CASES, CASES]);
  const unexplained = ({ failed }: { failed: readonly string[] }) => failed.filter((name) => !EITHER.has(name)).toSorted();
  assert.deepEqual(unexplained(plain), Object.keys(EXPLAINED_PLAIN).toSorted());
  assert.deepEqual(unexplained(tls), Object.keys(EXPLAINED).toSorted());
});
