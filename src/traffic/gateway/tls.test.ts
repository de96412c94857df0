import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect as h2connect } from "node:http2";
import type { IncomingHttpHeaders } from "node:http2";
import { request as httpsRequest } from "node:https";
import type { IncomingMessage } from "node:http";
import { type AddressInfo, connect as netConnect, createServer } from "node:net";
import { test } from "node:test";
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { credentials, status } from "@grpc/grpc-js";
import { secretKind } from "../../api/core/secret.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { base64OfText } from "../../std/base64.ts";
import { createAuthority, issueCertificate } from "../../security/certificates.ts";
import { systemClock } from "../../std/clock.ts";
import { seededRandom } from "../../std/random.ts";
import { EchoClient, echoServer } from "./fixtures/grpc-echo.ts";
import { ask, backend, gatewayWorld, route, setInstances, textOf, until } from "./fixtures/gateway-world.ts";
import { ingress } from "./fixtures/objects.ts";

const world = { now: systemClock.now(), random: seededRandom(11) };
const authority = await createAuthority("test-ca", world);
const subject = { commonName: "gateway", hosts: ["localhost", "127.0.0.1"], usage: "server" as const };
const certificate = await issueCertificate(authority, subject, world);

/** Of TLS records (RFC 5246 6.2.1). */
const [ALERT, APPLICATION_DATA] = [21, 23];

async function tlsGateway() {
  const tls = { addresses: [{ host: "127.0.0.1", port: 0 }], certificate, authority, publicPort: 9443 };
  const made = await gatewayWorld({ tls });
  return { ...made, tlsPort: made.gateway.addresses.tls[0]?.port ?? 0, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}

/** A connection whose certificate was checked, with what was agreed. */
async function agreed(port: number, options: ConnectionOptions): Promise<{ names: string; protocol: string | false | null }> {
  const socket: TLSSocket = tlsConnect({ host: "127.0.0.1", port, ca: authority.certificate, ...options });
  await once(socket, "secureConnect");
  const names = new X509Certificate(socket.getPeerCertificate().raw).subjectAltName ?? "";
  const protocol = socket.alpnProtocol;
  socket.destroy();
  return { names, protocol };
}

test("TLS: a routed host gets a certificate of its own, everybody else the gateway's", async () => {
  await using gateway = await tlsGateway();
  route(gateway.world);
  const routed = { servername: "App.Example.com" };
  assert.deepEqual(await agreed(gateway.tlsPort, routed), { names: "DNS:app.example.com", protocol: false });
  assert.deepEqual(await agreed(gateway.tlsPort, {}), { names: "DNS:localhost, IP Address:127.0.0.1", protocol: false });
  await assert.rejects(agreed(gateway.tlsPort, { servername: "other.example.com" }), /does not match certificate's altnames/);
});

test("TLS: a host is shown the certificate of its Ingress, also a newer one, and ours while it is missing", async () => {
  await using gateway = await tlsGateway();
  const { world: resources, tlsPort } = gateway;
  const tls = [{ hosts: ["app.example.com"], secretName: "cert", secretNamespace: "ns" }];
  resources.put(ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100 }], tls }));
  const shown = async () => (await agreed(tlsPort, { servername: "app.example.com" })).names;
  assert.equal(await shown(), "DNS:app.example.com");
  for (const other of ["one.example.com", "two.example.com"]) {
    const hosts = ["app.example.com", other];
    const own = await issueCertificate(authority, { commonName: "own", hosts, usage: "server" }, world);
    const data = { "tls.crt": base64OfText(own.certificate), "tls.key": base64OfText(own.key) };
    resources.put({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "ns", name: "cert" }, data } as KubeObject);
    assert.equal(await shown(), `DNS:app.example.com, DNS:${other}`);
  }
  resources.remove(secretKind, { namespace: "ns", name: "cert" });
  assert.equal(await shown(), "DNS:app.example.com");
});

test("TLS: the protocol is what both can, HTTP/2 first", async () => {
  await using gateway = await tlsGateway();
  const offers = [["h2", "http/1.1"], ["http/1.1", "h2"], ["http/1.1"], []];
  const protocols = await Promise.all(offers.map(async (ALPNProtocols) => (await agreed(gateway.tlsPort, { ALPNProtocols })).protocol));
  assert.deepEqual(protocols, ["h2", "h2", "http/1.1", false]);
  await assert.rejects(agreed(gateway.tlsPort, { ALPNProtocols: ["spdy/3"] }), /no application protocol/);
  await assert.rejects(agreed(gateway.tlsPort, { minVersion: "TLSv1", maxVersion: "TLSv1.1" }), /protocol version|no protocols/);
});

test("TLS: HTTP/1.1 and HTTP/2 reach the instance, which hears that the client came by https", async () => {
  await using app = await backend(async (request, response) => {
    const { "x-forwarded-proto": proto, forwarded } = request.headers;
    response.end(`${proto} ${/proto=\w+/.exec(forwarded ?? "")?.[0]} ${await textOf(request)}`);
  });
  await using gateway = await tlsGateway();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  const common = { host: "127.0.0.1", port: gateway.tlsPort, ca: authority.certificate, servername: "app.example.com" };
  const call = httpsRequest({ ...common, method: "POST", headers: { host: "app.example.com" }, agent: false });
  call.end("one");
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  assert.equal(await textOf(answer), "https proto=https one");
  const session = h2connect(`https://127.0.0.1:${gateway.tlsPort}`, common);
  const stream = session.request({ ":authority": "app.example.com", ":path": "/", ":method": "POST" });
  stream.end("two");
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  assert.deepEqual([headers[":status"], await textOf(stream)], [200, "https proto=https two"]);
  session.destroy();
});

test("TLS: gRPC with the platform's authority as its only root", async () => {
  await using app = await echoServer();
  await using gateway = await tlsGateway();
  route(gateway.world, { portName: "h2c" });
  setInstances(gateway.world, [app.port]);
  using client = new EchoClient(gateway.tlsPort, { credentials: credentials.createSsl(Buffer.from(authority.certificate)) });
  const { code, messages, details } = await client.unary("secret");
  assert.deepEqual([status[code], messages, details], ["OK", ["secret"], "OK"]);
});

test("TLS: a host that is sent to https is served there", async () => {
  await using app = await backend((_request, response) => void response.end("here"));
  await using gateway = await tlsGateway();
  route(gateway.world);
  gateway.world.put(ingress("app", { hosts: ["app.example.com"], splits: [{ revision: "rev", percent: 100 }], httpOption: "Redirected" }));
  setInstances(gateway.world, [app.port]);
  const common = { host: "127.0.0.1", headers: { host: "app.example.com" }, agent: false } as const;
  const sent = await ask(gateway.port, { path: "/there?x" });
  assert.deepEqual([sent.status, sent.headers.location], [301, "https://app.example.com:9443/there?x"]);
  const call = httpsRequest({ ...common, port: gateway.tlsPort, ca: authority.certificate, servername: "app.example.com" });
  call.end();
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  assert.deepEqual([answer.statusCode, await textOf(answer)], [200, "here"]);
});

test("TLS: an answer that the instance breaks off is cut, also without length", async () => {
  await using app = await backend((request, response) => {
    response.write("begun");
    setImmediate(() => (request.url === "/whole" ? response.end() : response.destroy()));
  });
  await using gateway = await tlsGateway();
  route(gateway.world);
  setInstances(gateway.world, [app.port]);
  let received: Buffer[] = [];
  const relay = createServer((socket) => {
    const onwards = netConnect(gateway.tlsPort, "127.0.0.1").on("data", (bytes: Buffer) => received.push(bytes));
    onwards.pipe(socket.on("error", () => {})).pipe(onwards.on("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const options = { ca: authority.certificate, servername: "app.example.com", maxVersion: "TLSv1.2" } as const;
  const port = (relay.address() as AddressInfo).port;
  for (const [path, last] of [
    ["/whole", ALERT], // it says that this was all
    ["/cut", APPLICATION_DATA],
  ] as const) {
    received = [];
    const socket = tlsConnect({ host: "127.0.0.1", port, ...options });
    socket.on("error", () => {}).resume();
    socket.write(`GET ${path} HTTP/1.0\r\nHost: app.example.com\r\n\r\n`);
    await new Promise<void>((resolve) => void socket.once("close", resolve));
    assert.equal(lastRecord(Buffer.concat(received)), last, path);
  }
  relay.close();
});

/** The kind of the last TLS record. */
function lastRecord(bytes: Buffer): number | undefined {
  let kind: number | undefined;
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) kind = bytes[at];
  return kind;
}

test("TLS: bytes that are no handshake, and hundreds of connections that say nothing, harm nobody; a stop ends them", async () => {
  const gateway = await tlsGateway();
  route(gateway.world);
  const garbage = netConnect(gateway.tlsPort, "127.0.0.1", () => garbage.write("GET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n"));
  garbage.on("error", () => {}).resume();
  await new Promise<void>((resolve) => void garbage.once("close", resolve));
  const silent = Array.from({ length: 300 }, () =>
    netConnect(gateway.tlsPort, "127.0.0.1")
      .on("error", () => {})
      .resume(),
  );
  assert.match((await agreed(gateway.tlsPort, { servername: "app.example.com" })).names, /app\.example\.com/);
  await gateway[Symbol.asyncDispose]();
  await until(() => silent.every(({ closed }) => closed), "silent connections to be closed");
});
