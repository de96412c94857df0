import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { ImageRequest, ImageResult, PullSecret } from "../../api/ports/images.ts";
import { MEDIA_TYPES } from "../oci/manifest.ts";
import { pullWorld, startRegistry } from "./fixtures/registry.ts";

const signal = AbortSignal.timeout(120_000);

const request = (reference: string, more: Partial<ImageRequest> = {}): ImageRequest => ({ reference, pullPolicy: "IfNotPresent", ...more });

function okOf(result: ImageResult) {
  if (result.kind === "failed") assert.fail(result.message);
  return result;
}

function messageOf(result: ImageResult): string {
  assert.equal(result.kind, "failed");
  return result.kind === "failed" ? `${result.reason}: ${result.message}` : "";
}

const secret = (auths: Record<string, object>, name = "team/regcred"): PullSecret => ({
  name,
  format: "dockerconfigjson",
  json: JSON.stringify({ auths }),
});

test("an image is pulled once, unpacked, and found again without the registry", async (t) => {
  const registry = await startRegistry(t);
  const layers = [[{ name: "hello", body: "1" }], [{ name: "world", body: "2" }]];
  const { descriptor } = await registry.image("team/app", { layers, docker: true });
  const { images } = await pullWorld(t);
  let pulls = 0;
  const wanted = request(`${registry.host}/team/app:v1`, { onPull: () => (pulls += 1) });
  const first = okOf(await images.ensure(wanted, signal));
  assert.equal(first.image.imageId, `${registry.host}/team/app@${descriptor.digest}`);
  assert.deepEqual([first.image.config.entrypoint, first.image.config.user], [["/hello"], "12:34"]);
  assert.deepEqual(await readdir(first.image.rootfs), ["hello", "world"]);
  assert.ok((first.pulled?.bytes ?? 0) > 100 && (first.pulled?.durationMs ?? 0) > 0);
  registry.server.closeAllConnections();
  registry.before = (_, response) => Boolean(response.destroy());
  const again = okOf(await images.ensure(wanted, signal));
  assert.deepEqual([again.image.rootfs, again.pulled, pulls], [first.image.rootfs, undefined, 1]);
  const byDigest = okOf(await images.ensure(request(`${registry.host}/team/app@${descriptor.digest}`), signal));
  assert.equal(byDigest.image.rootfs, first.image.rootfs);
});

test("ten pulls at once ask the registry once; one that is given up does not take it from the others", async (t) => {
  const registry = await startRegistry(t);
  await registry.image("team/app");
  const { images } = await pullWorld(t);
  const impatient = new AbortController();
  registry.before = () => {
    impatient.abort(new Error("no more"));
    return false;
  };
  const wanted = request(`${registry.host}/team/app:v1`);
  const given = images.ensure(wanted, impatient.signal);
  const results = Promise.all(Array.from({ length: 10 }, () => images.ensure(wanted, signal)));
  await assert.rejects(given, /no more/);
  for (const result of await results) okOf(result);
  assert.equal(registry.log.filter((line) => line.includes("manifests")).length, 1);
});

test("Always asks for the tag each time and takes what is new; Never asks nobody", async (t) => {
  const registry = await startRegistry(t);
  await registry.image("team/app");
  const { images } = await pullWorld(t);
  const never = await images.ensure(request(`${registry.host}/team/app:v1`, { pullPolicy: "Never" }), signal);
  assert.match(messageOf(never), /^ErrImageNeverPull: Container image ".*" is not present with pull policy of Never/);
  const always = request(`${registry.host}/team/app:v1`, { pullPolicy: "Always" });
  const first = okOf(await images.ensure(always, signal));
  await registry.image("team/app", { layers: [[{ name: "hello", body: "new" }]] });
  const second = okOf(await images.ensure(always, signal));
  assert.equal(await readFile(join(second.image.rootfs, "hello"), "utf8"), "new");
  assert.notEqual(first.image.digest, second.image.digest);
  assert.equal(okOf(await images.ensure(request(always.reference), signal)).image.digest, second.image.digest);
});

test("of an index the manifest for this machine is taken, and its digest names the image", async (t) => {
  const registry = await startRegistry(t);
  const amd = await registry.image("app", { tag: "amd", layers: [[{ name: "amd64", body: "" }]] });
  const arm = await registry.image("app", { tag: "arm", architecture: "arm64", layers: [[{ name: "arm64", body: "" }]] });
  const manifests = [
    { ...arm.descriptor, platform: { os: "linux", architecture: "arm64", variant: "v8" } },
    { ...amd.descriptor, platform: { os: "linux", architecture: "amd64" } },
  ];
  const index = registry.document("app", "v1", MEDIA_TYPES.index, { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests });
  registry.document("app", "other", MEDIA_TYPES.dockerIndex, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.dockerIndex,
    manifests: manifests.slice(0, 1),
  });
  const { images } = await pullWorld(t);
  const { image } = okOf(await images.ensure(request(`${registry.host}/app:v1`), signal));
  assert.deepEqual([image.digest, await readdir(image.rootfs)], [index.digest, ["amd64"]]);
  assert.deepEqual(await images.resolveDigest(`${registry.host}/app:v1`, signal), { kind: "ok", digest: index.digest });
  const other = messageOf(await images.ensure(request(`${registry.host}/app:other`), signal));
  assert.match(other, /no image for linux\/amd64 in the index, which has: linux\/arm64\/v8/);
  const wrong = messageOf(await images.ensure(request(`${registry.host}/app:arm`), signal));
  assert.match(wrong, /the image is for linux\/arm64, this machine runs linux\/amd64/);
});

test("a missing image is told in the registry's words, by a pull and by the digest's look-up", async (t) => {
  const registry = await startRegistry(t);
  const { images } = await pullWorld(t);
  const reference = `${registry.host}/team/app:nope`;
  const words = `GET http://${registry.host}/v2/team/app/manifests/nope: MANIFEST_UNKNOWN: manifest unknown; unknown tag=nope`;
  assert.equal(messageOf(await images.ensure(request(reference), signal)), `ErrImagePull: failed to pull image "${reference}": ${words}`);
  assert.deepEqual(await images.resolveDigest(reference, signal), { kind: "failed", message: words });
  registry.server.close();
  registry.server.closeAllConnections();
  const gone = await images.resolveDigest(reference, signal);
  assert.match(gone.kind === "failed" ? gone.message : "", /HEAD http:.*: dial tcp .*: connect: connection refused/);
});

test("names that are no images and names of no registry are answered at once", async (t) => {
  const { images } = await pullWorld(t);
  assert.match(messageOf(await images.ensure(request("UPPER"), signal)), /^InvalidImageName: couldn't parse image name "UPPER"/);
  assert.match(
    messageOf(await images.ensure(request("dev.local/x"), signal)),
    /^ErrImagePull: .*dev\.local\/x:latest: not found in the image store/,
  );
});

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

test("Basic: the pull secret that fits is used, and a refused one is named", async (t) => {
  const registry = await startRegistry(t);
  await registry.image("team/app");
  registry.before = ({ headers }, response) => {
    if (headers.authorization === basic("alice", "right")) return false;
    const errors = [{ code: "UNAUTHORIZED", message: "authentication required", detail: null }];
    response.writeHead(401, { "www-authenticate": 'Basic realm="Registry, of \\"us\\""' }).end(JSON.stringify({ errors }));
    return true;
  };
  const { images } = await pullWorld(t);
  const wanted = (auths: Record<string, object>) => request(`${registry.host}/team/app:v1`, { pullSecrets: async () => [secret(auths)] });
  const wrong = { [registry.host]: { username: "alice", password: "wrong" } };
  const refused = messageOf(await images.ensure(wanted(wrong), signal));
  assert.match(refused, /UNAUTHORIZED: authentication required \(localhost:\d+ refused user "alice" of pull secret team\/regcred\)$/);
  const none = messageOf(await images.ensure(request(`${registry.host}/team/app:v1`), signal));
  assert.match(none, /authentication required \(asked without credentials: there are none for localhost:\d+\)$/);
  const elsewhere = messageOf(await images.ensure(wanted({ "other.example": { username: "alice", password: "right" } }), signal));
  assert.match(elsewhere, /\(the pull secret team\/regcred has no credentials for localhost:\d+\)$/);
  registry.log.length = 0;
  okOf(await images.ensure(wanted({ [`http://${registry.host}/team`]: { auth: Buffer.from("alice:right").toString("base64") } }), signal));
  const refusals = registry.log.filter((line) => !line.endsWith(basic("alice", "right")));
  assert.equal(refusals.length, 1, "after the first challenge the registry is asked with the credentials at once");
  const digest = await images.resolveDigest(`${registry.host}/team/app:v1`, signal, async () => [secret(wrong)]);
  assert.match(digest.kind === "failed" ? digest.message : "", /refused user "alice" of pull secret team\/regcred/);
});

test("tokens: for the repository, renewed when they run out, and only the token service sees the password", async (t) => {
  const registry = await startRegistry(t);
  await registry.image("team/app", { layers: [[{ name: "a", body: "a" }], [{ name: "b", body: "b" }]] });
  let issued = 0;
  registry.before = ({ url = "", headers }, response) => {
    if (url.startsWith("/token?")) {
      if (headers.authorization !== basic("alice", "right"))
        response.writeHead(401).end(JSON.stringify({ details: "incorrect username or password" }));
      else response.end(JSON.stringify({ access_token: `token-${(issued += 1)}`, expires_in: 60 }));
      return true;
    }
    const isBlob = url.includes("/blobs/");
    if (headers.authorization === `Bearer token-${isBlob ? 2 : 1}`) return false;
    const challenge = `Bearer realm="http://${registry.host}/token",service="test registry",scope="repository:team/app:pull"`;
    response.writeHead(401, { "www-authenticate": challenge }).end();
    return true;
  };
  const { images } = await pullWorld(t);
  const wanted = (password: string) =>
    request(`${registry.host}/team/app:v1`, { pullSecrets: async () => [secret({ [registry.host]: { username: "alice", password } })] });
  const refused = messageOf(await images.ensure(wanted("wrong"), signal));
  assert.match(
    refused,
    /failed to fetch a token: GET http:\/\/localhost:\d+\/token: incorrect username or password \(localhost:\d+ refused user "alice"/,
  );
  okOf(await images.ensure(wanted("right"), signal));
  const asked = registry.log.find((line) => line.startsWith("GET /token"));
  assert.match(asked ?? "", /^GET \/token\?service=test\+registry&scope=repository%3Ateam%2Fapp%3Apull Basic/);
  assert.ok(registry.log.filter((line) => line.includes("/v2/")).every((line) => !line.includes("Basic")));
});

test("a token service that is broken, not reached by TLS or no address is told, and gets no password", async (t) => {
  const registry = await startRegistry(t);
  await registry.image("app");
  let realm = "";
  registry.before = ({ url = "" }, response) => {
    if (url.startsWith("/token/empty")) response.end("{}");
    else if (url.startsWith("/token/down")) response.writeHead(503).end("<html><title>Maintenance</title></html>");
    else if (url.startsWith("/token/odd")) response.end(JSON.stringify({ token: "a\r\nb" }));
    else response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}"` }).end();
    return true;
  };
  const { images } = await pullWorld(t);
  const pull = async (at: string) => {
    realm = at;
    return messageOf(await images.ensure(request(`${registry.host}/app:v1`), signal));
  };
  assert.match(await pull(`http://${registry.host}/token/empty`), /token\/empty: the answer holds no token/);
  assert.match(await pull(`http://${registry.host}/token/odd`), /the answer holds no token/);
  const down = await pull(`http://${registry.host}/token/down`);
  assert.match(down, /unexpected status code 503 Service Unavailable, and an HTML page \("Maintenance"\): is there a registry/);
  assert.match(await pull("file:///etc/passwd"), /the registry names no token service: realm="file:/);
  assert.match(
    await pull("http://127.0.0.1:1/"),
    /failed to fetch a token: GET http:\/\/127\.0\.0\.1:1\/.*: dial tcp 127\.0\.0\.1:1: connect: connection refused/,
  );
});

test("redirects are followed without credentials to other addresses, and not for ever", async (t) => {
  const registry = await startRegistry(t);
  const storage = await startRegistry(t);
  const { layers } = await registry.image("app");
  for (const [digest, blob] of registry.blobs) storage.blobs.set(digest, blob);
  registry.before = ({ url = "", headers }, response) => {
    if (headers.authorization === undefined) response.writeHead(401, { "www-authenticate": "Basic" }).end();
    else if (url.includes("/blobs/")) response.writeHead(307, { location: `http://127.0.0.1:${storage.port}${url}` }).end();
    else return false;
    return true;
  };
  const { images } = await pullWorld(t);
  const pullSecrets = async () => [secret({ [registry.host]: { username: "a", password: "b" } })];
  okOf(await images.ensure(request(`${registry.host}/app:v1`, { pullSecrets }), signal));
  assert.ok(storage.log.some((line) => line.endsWith(layers[0]?.digest ?? "?")));
  assert.ok(
    storage.log.every((line) => !line.includes("Basic")),
    storage.log.join("\n"),
  );
  registry.before = ({ url = "" }, response) => Boolean(response.writeHead(302, { location: `${url}x` }).end());
  assert.match(messageOf(await images.ensure(request(`${registry.host}/app:loop`), signal)), /stopped after 5 redirects/);
  registry.before = (_, response) => Boolean(response.writeHead(302, { location: "gopher://x" }).end());
  assert.match(
    messageOf(await images.ensure(request(`${registry.host}/app:loop`), signal)),
    /redirected to "gopher:\/\/x", which is no address/,
  );
});

test("a mirror is asked first, and the registry where the mirror fails", async (t) => {
  const registry = await startRegistry(t);
  const mirror = await startRegistry(t);
  await registry.image("app");
  const { images, folder } = await pullWorld(t);
  await writeFile(
    join(folder, "registries.json"),
    JSON.stringify({ [registry.host]: { mirrors: [`http://127.0.0.1:${mirror.port}/cache`] } }),
  );
  okOf(await images.ensure(request(`${registry.host}/app:v1`), signal));
  assert.equal(mirror.log[0], "GET /cache/v2/app/manifests/v1");
  await mirror.image("cache/v2/app", { tag: "v2" });
  mirror.before = (request) => {
    request.url = (request.url ?? "").replace("/cache", "/v2/cache");
    return false;
  };
  registry.log.length = 0;
  okOf(await images.ensure(request(`${registry.host}/app:v2`), signal));
  assert.deepEqual(registry.log, []);
  const nowhere = messageOf(await images.ensure(request(`${registry.host}/app:v3`), signal));
  assert.match(nowhere, new RegExp(`GET http://${registry.host}/v2/app/manifests/v3: MANIFEST_UNKNOWN`), "the registry's own words");
});

test("a registries.json that cannot be used is named with the mistake", async (t) => {
  const { images, folder } = await pullWorld(t);
  const pull = async (text: string) => {
    await writeFile(join(folder, "registries.json"), text);
    return messageOf(await images.ensure(request("localhost:1/app"), signal));
  };
  assert.match(await pull("{"), /registries\.json: /);
  assert.match(await pull("[]"), /registries\.json: expected an object/);
  assert.match(
    await pull('{"localhost:1":{"mirror":[]}}'),
    /localhost:1: unknown field mirror; known are mirrors, ca, skipVerify, plainHttp/,
  );
  assert.match(await pull('{"localhost:1":{"mirrors":["x"]}}'), /localhost:1: mirrors has a value that cannot be used: \["x"\]/);
  assert.match(await pull('{"localhost:1":{"ca":["missing.pem"]}}'), /registries\.json: ENOENT.*missing\.pem/);
});

test("manifests of schema 1, of other things, without layers or too long are refused in words", async (t) => {
  const registry = await startRegistry(t);
  const { images } = await pullWorld(t);
  const config = { mediaType: "application/vnd.example", digest: registry.put(Buffer.from("{}")), size: 2 };
  const layer = { mediaType: MEDIA_TYPES.layer, digest: config.digest, size: 2 };
  const odd = { ...layer, mediaType: "application/vnd.oci.image.layer.v1.tar+encrypted" };
  const cases: [string, object, RegExp][] = [
    ["application/vnd.docker.distribution.manifest.v1+prettyjws", { schemaVersion: 1 }, /manifest of schema 1/],
    [MEDIA_TYPES.manifest, { schemaVersion: 1 }, /manifest of schema 1/],
    [MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [] }, /the image has no layers/],
    [MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [odd] }, /tar\+encrypted, which cannot be unpacked/],
    [
      MEDIA_TYPES.manifest,
      { schemaVersion: 2, config, layers: [layer] },
      /it is not a container image: its configuration \(application\/vnd\.example\)/,
    ],
    [MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [{ ...layer, digest: "sha256:short" }] }, /no valid list of layers/],
    [MEDIA_TYPES.manifest, { schemaVersion: 2, config, layers: [layer], manifests: [] }, /an image and an index at once/],
    [
      MEDIA_TYPES.index,
      { schemaVersion: 2, manifests: [{ ...layer, platform: { os: "linux", architecture: "amd64" } }] },
      /unexpected status|MANIFEST_UNKNOWN/,
    ],
    [MEDIA_TYPES.manifest, { schemaVersion: 2, filler: "x".repeat(5_000_000) }, /longer than 4194304 bytes/],
  ];
  for (const [index, [type, json, says]] of cases.entries()) {
    registry.document("app", `t${index}`, type, json);
    assert.match(messageOf(await images.ensure(request(`${registry.host}/app:t${index}`), signal)), says, `case ${index}`);
  }
});

test("what was pulled and is no longer used is forgotten, what was built is not", async (t) => {
  const registry = await startRegistry(t);
  const { descriptor } = await registry.image("app");
  const { images, store } = await pullWorld(t);
  await images.ensure(request(`${registry.host}/app:v1`), signal);
  const options = { usedBeforeMs: Infinity, oldBeforeMs: Infinity, maxBytes: 0 };
  assert.deepEqual((await images.reclaim({ ...options, inUse: new Set([descriptor.digest]) })).images, []);
  assert.ok((await store.repositories.tags(`${registry.host}/app`)).length === 1);
  assert.deepEqual((await images.reclaim({ ...options, inUse: new Set() })).images, [descriptor.digest]);
  assert.equal(
    await store.repositories
      .exists(`${registry.host}/app`)
      .then(async () => (await store.repositories.tags(`${registry.host}/app`)).length),
    0,
  );
  okOf(await images.ensure(request(`${registry.host}/app:v1`), signal));
});
