/** Bad input from programs and pages: the right refusal, nothing stored, and the platform still answers. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { createAuthority, issueCertificate } from "../../src/security/certificates.ts";
import { requires } from "../../src/testing/requirements.ts";
import { apiCall, type ApiRequest } from "./api-call.ts";
import { eventually, httpGet, startKinetic, type Kinetic } from "./harness.ts";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const SERVICES = "/apis/serving.knative.dev/v1/namespaces/default/services";
const MIB = 1024 ** 2;

interface Status {
  readonly kind: string;
  readonly status: string;
  readonly message: string;
  readonly reason?: string;
  readonly code: number;
}

/** What is sent, and the code, reason and message of the Status that answers it. */
type Refusal = readonly [what: string, sent: ApiRequest, code: number, reason: string, message: string | RegExp];

const configMap = (more: object): string => JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, ...more });
const service = (spec: object): string =>
  JSON.stringify({ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: "x" }, spec });
const post = (path: string, body: string | Uint8Array, type?: string): ApiRequest => ({
  method: "POST",
  path,
  body,
  ...(type === undefined ? {} : { headers: { "content-type": type } }),
});

const unrecognized = "the object provided is unrecognized (must be of type ConfigMap)";
const PROTOBUF = "application/vnd.kubernetes.protobuf";

const MALFORMED: readonly Refusal[] = [
  [
    "cut JSON",
    post(CONFIG_MAPS, '{"apiVersion":"v1","kind":"ConfigMap",'),
    400,
    "BadRequest",
    `${unrecognized}: couldn't get version/kind; json parse error: unexpected end of JSON input ({"apiVersion":"v1","kind":"Con ...)`,
  ],
  [
    "no body",
    post(CONFIG_MAPS, ""),
    400,
    "BadRequest",
    `${unrecognized}: couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`,
  ],
  [
    "a wrong type",
    post(CONFIG_MAPS, configMap({ data: { a: 1 } })),
    400,
    "BadRequest",
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: ' +
      "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
  ],
  [
    "bad YAML",
    post(CONFIG_MAPS, "a: b: c\n", "application/yaml"),
    400,
    "BadRequest",
    `${unrecognized}: yaml: mapping values are not allowed in this context (613a20623a20630a)`,
  ],
  ["YAML that grows", post(CONFIG_MAPS, laughs(), "application/yaml"), 400, "BadRequest", /./],
  ["no protobuf", post(CONFIG_MAPS, "hello", PROTOBUF), 400, "BadRequest", /does not appear to be a protobuf message, expected prefix/],
  [
    "cut protobuf",
    post(CONFIG_MAPS, Buffer.from("6b3873000a", "hex"), PROTOBUF),
    400,
    "BadRequest",
    /^the object provided is unrecognized \(must be of type ConfigMap\): /,
  ],
  ["deep JSON", post(CONFIG_MAPS, `{"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), 400, "BadRequest", /exceeded max depth/],
  [
    "a body above 3 MiB",
    post(CONFIG_MAPS, configMap({ data: { a: "x".repeat(3.2 * MIB) } })),
    413,
    "RequestEntityTooLarge",
    "Request entity too large: limit is 3145728",
  ],
  [
    "an object above 1 MiB",
    post(CONFIG_MAPS, configMap({ data: { a: "x".repeat(1.1 * MIB) } })),
    422,
    "Invalid",
    'ConfigMap "x" is invalid: []: Too long: may not be more than 1048576 bytes',
  ],
  [
    "a wrong content type",
    post(CONFIG_MAPS, "a=b", "text/plain"),
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - " +
      "accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  ],
  [
    "a wrong patch type",
    { method: "PATCH", path: `${CONFIG_MAPS}/kept`, body: "{}" },
    415,
    "UnsupportedMediaType",
    "415: Unsupported Media Type",
  ],
];

const INVALID: readonly Refusal[] = [
  [
    "an unknown kind",
    post(CONFIG_MAPS, '{"apiVersion":"v1","kind":"Nope","metadata":{"name":"x"}}'),
    400,
    "BadRequest",
    /^Nope in version "v1" cannot be handled as a ConfigMap: no kind "Nope" is registered for version "v1" in scheme/,
  ],
  [
    "an unknown resource",
    { path: "/api/v1/namespaces/default/frobs" },
    404,
    "NotFound",
    "the server could not find the requested resource",
  ],
  [
    "an unknown field",
    post(`${CONFIG_MAPS}?fieldValidation=Strict`, configMap({ foo: 1, bar: 2 })),
    400,
    "BadRequest",
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo", unknown field "bar"',
  ],
  [
    "an unknown field of a Service",
    post(`${SERVICES}?fieldValidation=Strict`, service({ foo: 1, template: { spec: { containers: [{ image: "a" }] } } })),
    400,
    "BadRequest",
    /strict decoding error: unknown field "spec.foo"$/,
  ],
  [
    "an invalid name",
    post(CONFIG_MAPS, configMap({ metadata: { name: "Bad_Name" } })),
    422,
    "Invalid",
    /^ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of/,
  ],
  [
    "another namespace",
    post(CONFIG_MAPS, configMap({ metadata: { name: "x", namespace: "kube-system" } })),
    400,
    "BadRequest",
    "the namespace of the provided object does not match the namespace sent on the request",
  ],
  [
    "a stale update",
    { method: "PUT", path: `${CONFIG_MAPS}/kept`, body: configMap({ metadata: { name: "kept", resourceVersion: "1" } }) },
    409,
    "Conflict",
    'Operation cannot be fulfilled on configmaps "kept": the object has been modified; ' +
      "please apply your changes to the latest version and try again",
  ],
  [
    "a second create",
    post(CONFIG_MAPS, configMap({ metadata: { name: "kept" } })),
    409,
    "AlreadyExists",
    'configmaps "kept" already exists',
  ],
  [
    "a Service without containers",
    post(SERVICES, service({ template: { spec: { containers: [] } } })),
    400,
    "BadRequest",
    'admission webhook "validation.webhook.serving.knative.dev" denied the request: ' +
      "validation failed: missing field(s): spec.template.spec.containers",
  ],
  [
    "a Service with an impossible limit",
    post(SERVICES, service({ template: { spec: { containerConcurrency: -1, containers: [{ image: "a" }] } } })),
    400,
    "BadRequest",
    /validation failed: expected 0 <= -1 <= 1000: spec.template.spec.containerConcurrency$/,
  ],
  [
    "a Pod without containers",
    post("/api/v1/namespaces/default/pods", '{"metadata":{"name":"x"},"spec":{}}'),
    422,
    "Invalid",
    'Pod "x" is invalid: spec.containers: Required value',
  ],
];

const STRANGERS: readonly Refusal[] = [
  [
    "no credentials",
    { path: CONFIG_MAPS, headers: { authorization: null } },
    403,
    "Forbidden",
    'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
  ],
  ["an unknown token", { path: CONFIG_MAPS, headers: { authorization: "Bearer guess" } }, 401, "Unauthorized", "Unauthorized"],
  ["a foreign Host", { path: CONFIG_MAPS, headers: { host: "rebound.example:6443" } }, 403, "Forbidden", /rebound\.example/],
  [
    "a foreign Origin",
    { path: CONFIG_MAPS, headers: { origin: "http://evil.example" } },
    403,
    "Forbidden",
    'requests of pages from "http://evil.example" are not accepted',
  ],
  [
    "a foreign Origin that writes",
    { ...post(CONFIG_MAPS, configMap({})), headers: { origin: "http://evil.example" } },
    403,
    "Forbidden",
    /are not accepted/,
  ],
];

/** Aliases of aliases: a few lines that mean gigabytes. */
function laughs(): string {
  const lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]"];
  for (let level = 1; level < 12; level++) {
    const aliases = Array.from({ length: 8 }, () => `*a${level - 1}`).join(", ");
    lines.push(`a${level}: &a${level} [${aliases}]`);
  }
  return `${lines.join("\n")}\n`;
}

async function resourceVersion(platform: Kinetic, path: string): Promise<string> {
  const list = JSON.parse((await apiCall(platform, { path })).body) as { items: { metadata: { name: string; resourceVersion: string } }[] };
  return list.items.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).join(" ");
}

async function assertRefused(platform: Kinetic, [what, sent, code, reason, message]: Refusal): Promise<void> {
  const answer = await apiCall(platform, sent);
  assert.match(String(answer.headers["content-type"]), /^application\/json/, what);
  const status = JSON.parse(answer.body) as Status;
  assert.deepEqual(
    [answer.status, status.kind, status.status, status.code, status.reason],
    [code, "Status", "Failure", code, reason],
    what,
  );
  if (typeof message === "string") assert.equal(status.message, message, what);
  else assert.match(status.message, message, what);
}

test("bad input", { skip: requires("linux"), timeout: 120_000 }, async (t) => {
  const platform = await startKinetic(t, { args: ["--sample"] });
  await eventually("the sample was called", async () => assert.match(platform.output, /from zero in/));
  assert.equal((await apiCall(platform, post(CONFIG_MAPS, configMap({ metadata: { name: "kept" } })))).status, 201);
  const stored = async () => [
    await resourceVersion(platform, CONFIG_MAPS),
    await resourceVersion(platform, "/api/v1/namespaces/default/pods"),
  ];
  const [before] = await stored();
  await refusals(t, platform);
  await t.test("nothing of it was stored", async () => {
    assert.equal((await stored())[0], before);
    assert.match(await resourceVersion(platform, SERVICES), /^hello@\d+$/);
    assert.doesNotMatch((await stored())[1] ?? "", /(^| )x@/);
  });
  await gatewayTests(t, platform);
  await t.test("the registry answers only to loopback names and does not leave its folder", async () => {
    assert.equal((await httpGet(`http://${platform.running.registry}/v2/`, { host: "rebound.example" })).status, 403);
    const registry = platform.running.registry.split(":")[1];
    const answer = await raw(Number(registry), "GET /v2/../../../pki/admin.token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 (400|404) /);
  });
  await t.test("after all that the platform still answers", async () => {
    assert.equal((await platform.get("hello.default.localhost")).status, 200);
    assert.equal((await apiCall(platform, { path: "/readyz" })).body, "ok");
    assert.equal(platform.process.exitCode, null);
  });
});

async function refusals(t: TestContext, platform: Kinetic): Promise<void> {
  for (const [name, rows] of Object.entries({ malformed: MALFORMED, invalid: INVALID, strangers: STRANGERS })) {
    await t.test(`refused with the Status of Kubernetes: ${name}`, async () => {
      for (const row of rows) await assertRefused(platform, row);
    });
  }
  await t.test("a certificate of another authority is nobody's", async () => {
    const world = { now: Date.now(), random: Math.random };
    const authority = await createAuthority("kinetic-ca", world);
    const { certificate: cert, key } = await issueCertificate(
      authority,
      { commonName: "kubernetes-admin", organizations: ["system:masters"], usage: "client" },
      world,
    );
    const answer = await apiCall(platform, { path: CONFIG_MAPS, headers: { authorization: null }, certificate: { cert, key } });
    assert.deepEqual([answer.status, JSON.parse(answer.body).message], [401, "Unauthorized"]);
  });

  await t.test("a method that nobody knows, garbage instead of TLS, a connection that says nothing", async () => {
    const { port } = new URL(platform.running.apiServer);
    assert.equal((await apiCall(platform, { method: "PROPFIND", path: CONFIG_MAPS })).status, 405);
    for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\uffff".repeat(1000), ""]) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => {}); // it may be cut
      socket.end(bytes);
    }
    assert.equal((await apiCall(platform, { path: "/readyz" })).status, 200);
  });
}

/** Everything that comes back on one connection until the other side closes it or the patience is over. */
function raw(port: number, bytes: string, patienceMs = 3000): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
  socket.setTimeout(patienceMs, () => socket.destroy());
  socket.on("close", () => resolve(answer));
  socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
  socket.write(bytes, "latin1");
  return promise;
}

const GATEWAY_HOST = "Host: hello.default.localhost\r\n";
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: hello.default.localhost\r\n\r\n";

/** Ways to make two parsers disagree about where a request ends. All of them must be refused, and the connection closed. */
const SMUGGLING: readonly (readonly [what: string, bytes: string])[] = [
  [
    "Content-Length and Transfer-Encoding",
    `POST / HTTP/1.1\r\n${GATEWAY_HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  ["two Content-Lengths", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`],
  ["a list of Content-Lengths", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Content-Length: 0, 5\r\n\r\n${smuggled}`],
  ["a signed Content-Length", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Content-Length: +0\r\n\r\n${smuggled}`],
  ["an unknown transfer coding", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ["chunked that is not last", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
  ["a space before the colon", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ["a folded header", `POST / HTTP/1.1\r\n${GATEWAY_HOST}X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  [
    "a chunk size that overflows",
    `POST / HTTP/1.1\r\n${GATEWAY_HOST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n${smuggled}`,
  ],
  ["a chunk longer than it says", `POST / HTTP/1.1\r\n${GATEWAY_HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n${smuggled}`],
  ["a bare line feed", `POST / HTTP/1.1\n${GATEWAY_HOST}Content-Length: 0\n\n${smuggled}`],
  ["NUL in a header", `GET / HTTP/1.1\r\n${GATEWAY_HOST}X: a\0b\r\n\r\n${smuggled}`],
  ["two Hosts", `GET / HTTP/1.1\r\n${GATEWAY_HOST}Host: evil.example\r\n\r\n${smuggled}`],
  ["no Host", `GET / HTTP/1.1\r\n\r\n${smuggled}`],
  ["a header without end", `GET / HTTP/1.1\r\n${GATEWAY_HOST}X: ${"a".repeat(200_000)}`],
  ["headers without end", `GET / HTTP/1.1\r\n${GATEWAY_HOST}${"X: a\r\n".repeat(20_000)}`],
  ["a method without end", "G".repeat(100_000)],
  ["an unknown version", `GET / HTTP/3.7\r\n${GATEWAY_HOST}\r\n`],
];

async function gatewayTests(t: TestContext, platform: Kinetic): Promise<void> {
  const { running } = platform;
  const port = Number(new URL(running.gateway).port);

  await t.test("the gateway answers 404 to hosts that it does not know, and to private ones", async () => {
    for (const host of ["nobody.default.localhost", "rebound.example", "hello.default.svc.cluster.local", "127.0.0.1"]) {
      const answer = await platform.get(host);
      assert.equal(answer.status, 404, host);
    }
    assert.equal((await httpGet(running.internal, { host: "hello.default.svc.cluster.local" })).status, 200);
  });

  await t.test("the gateway takes no smuggled request", async () => {
    for (const [what, bytes] of SMUGGLING) {
      const answer = await raw(port, bytes);
      const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => match[1] ?? "");
      assert.equal(statuses.length, 1, `${what}: ${statuses.join(" ")}`);
      assert.match(statuses[0] ?? "", /^(400|408|413|414|431|501|505)$/, what);
    }
    assert.equal((await platform.get("hello.default.localhost")).status, 200);
  });

  await t.test("a body of a request is never read as the next one", async () => {
    const answer = await raw(
      port,
      `POST / HTTP/1.1\r\n${GATEWAY_HOST}Connection: close\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    );
    assert.deepEqual(answer.match(/^HTTP\/1\.1 \d+/gm), ["HTTP/1.1 200"]);
  });

  await t.test("clients that leave, wait or send slowly do not stop others", async () => {
    const sockets = Array.from({ length: 200 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    sockets.forEach((socket, index) =>
      socket.write(index % 2 === 0 ? `POST / HTTP/1.1\r\n${GATEWAY_HOST}Content-Length: 100\r\n\r\nhalf` : "GE"),
    );
    for (let index = 0; index < 10; index++) assert.equal((await platform.get("hello.default.localhost")).status, 200);
    for (const socket of sockets) socket.destroy();
    assert.equal((await platform.get("hello.default.localhost")).status, 200);
  });
}
