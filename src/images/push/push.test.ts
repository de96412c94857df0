import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "../../std/clock.ts";
import { MEDIA_TYPES, sha256Digest, type Descriptor } from "../oci/manifest.ts";
import { DockerConfig } from "../pull/docker-config.ts";
import { startRegistry, type FakeRegistry } from "../pull/fixtures/registry.ts";
import { nodeHttp } from "../pull/node-http.ts";
import { Registries } from "../pull/registries.ts";
import { checkPush, pushLayout, type PushAccess, type PushProgress, type PushResult } from "./push.ts";
import { PushedBlobs } from "./pushed-blobs.ts";

const signal = new AbortController().signal;
const LARGE = Buffer.alloc(100_000, "layer");

class World {
  readonly folder: string;
  readonly registry: FakeRegistry;
  readonly access: PushAccess;
  readonly digest: string;
  /** Repositories that have a blob, `name digest`. */
  readonly has = new Set<string>();
  /** Answers instead of the registry, when it says true. */
  first: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;

  constructor(t: TestContext, registry: FakeRegistry, given: PushAccess["given"] = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "kinetic-push-"));
    this.registry = registry;
    const client = nodeHttp();
    t.after(() => {
      client[Symbol.dispose]();
      rmSync(this.folder, { recursive: true, force: true });
    });
    const dockerConfig = new DockerConfig({ path: join(this.folder, "config.json"), clock: systemClock });
    const registries = new Registries(join(this.folder, "registries.json"));
    this.access = { http: client.http, clock: systemClock, registries, dockerConfig, given, insecure: false };
    this.digest = this.#layout();
    registry.before = (request, response) => this.first(request, response) || this.#take(request, response);
  }

  push(name = "team/app", more: { onProgress?: (progress: PushProgress) => void; pushed?: PushedBlobs } = {}): Promise<PushResult> {
    return pushLayout(this.access, { layout: join(this.folder, "oci"), reference: `${this.registry.host}/${name}:v1`, ...more }, signal);
  }

  /** An index over one image, and a manifest that refers to it. */
  #layout(): string {
    const put = (mediaType: string, content: Buffer | object): Descriptor => {
      const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
      const digest = sha256Digest(bytes);
      mkdirSync(join(this.folder, "oci/blobs/sha256"), { recursive: true });
      writeFileSync(join(this.folder, "oci/blobs", digest.replace(":", "/")), bytes);
      return { mediaType, digest, size: bytes.length };
    };
    const common = { schemaVersion: 2, mediaType: MEDIA_TYPES.manifest };
    const layers = [put(MEDIA_TYPES.layer, LARGE)];
    const image = put(MEDIA_TYPES.manifest, { ...common, config: put(MEDIA_TYPES.config, { a: 1 }), layers });
    const index = put(MEDIA_TYPES.index, { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [image] });
    const empty = put("application/vnd.oci.empty.v1+json", {});
    const referrer = put(MEDIA_TYPES.manifest, {
      ...common,
      config: empty,
      layers: [put("text/plain", Buffer.from("sbom"))],
      subject: index,
    });
    writeFileSync(join(this.folder, "oci/index.json"), JSON.stringify({ schemaVersion: 2, manifests: [index, referrer] }));
    return index.digest;
  }

  /** The pushing half of a registry. */
  #take(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? "", "http://registry");
    const [, name = "", rest = ""] = /^\/v2\/(.+?)\/((?:blobs|manifests)\/.*)$/.exec(url.pathname) ?? [];
    const end = (status: number, headers: Record<string, string> = {}) => (response.writeHead(status, headers).end(), true);
    if (request.method === "POST" && rest === "blobs/uploads/") {
      const mount = `${url.searchParams.get("from")} ${url.searchParams.get("mount")}`;
      if (!this.has.has(mount)) return end(202, { location: `/v2/${name}/blobs/uploads/1?state=x` });
      this.has.add(`${name} ${url.searchParams.get("mount")}`);
      return end(201);
    }
    if (request.method === "DELETE") return end(204);
    if (request.method === "HEAD" && rest.startsWith("blobs/")) return end(this.has.has(`${name} ${rest.slice(6)}`) ? 200 : 404);
    if (request.method !== "PUT") return false;
    void buffer(request).then((bytes) => {
      if (rest.startsWith("manifests/")) {
        const type = request.headers["content-type"] ?? "";
        for (const key of [rest.slice(10), sha256Digest(bytes)]) this.registry.manifests.set(`${name}:${key}`, { type, bytes });
      } else if (sha256Digest(this.registry.blobs.get(this.registry.put(bytes)) ?? bytes) !== url.searchParams.get("digest"))
        return end(400);
      this.has.add(`${name} ${url.searchParams.get("digest")}`);
      return end(201);
    });
    return true;
  }
}

async function world(t: TestContext, given?: PushAccess["given"]): Promise<World> {
  return new World(t, await startRegistry(t), given);
}

const BASIC = (user: string) => `Basic ${Buffer.from(`${user}:right`).toString("base64")}`;

test("push: blobs, then manifests, then the tag, then what refers to the image; the second time no blob is sent", async (t) => {
  const w = await world(t);
  const { registry, digest } = w;
  const seen: PushProgress[] = [];
  assert.deepEqual(await w.push("team/app", { onProgress: (progress) => seen.push(progress) }), { kind: "ok", digest });
  const last = seen.at(-1);
  assert.ok(last !== undefined && last.done === last.total && last.total > LARGE.length);
  assert.equal(sha256Digest(registry.manifests.get("team/app:v1")?.bytes ?? Buffer.alloc(0)), digest);
  const puts = registry.log.filter((line) => line.startsWith("PUT"));
  const kinds = puts.map((line) => (line.includes("/blobs/") ? "blob" : line.includes("/v1") ? "tag" : "manifest"));
  assert.deepEqual(kinds, ["blob", "blob", "blob", "blob", "manifest", "tag", "manifest"]);
  registry.log.length = 0;
  assert.equal((await w.push()).kind, "ok");
  assert.equal(registry.log.filter((line) => line.startsWith("PUT") && line.includes("/blobs/")).length, 0);
});

test("push: a large blob that another repository of the registry has is taken from there", async (t) => {
  const w = await world(t);
  const pushed = new PushedBlobs(join(w.folder, "pushed.json"));
  assert.equal((await w.push("team/one", { pushed })).kind, "ok");
  w.registry.log.length = 0;
  assert.equal((await w.push("team/two", { pushed })).kind, "ok");
  const large = encodeURIComponent(sha256Digest(LARGE));
  const mentions = w.registry.log.filter((line) => line.includes(large));
  assert.deepEqual(mentions, [`POST /v2/team/two/blobs/uploads/?mount=${large}&from=team%2Fone`]);
  w.has.clear();
  assert.equal((await w.push("team/three", { pushed })).kind, "ok", "a registry that has forgotten it gets it again");
  assert.ok(w.has.has(`team/three ${sha256Digest(LARGE)}`));
});

test("push: a registry that stumbles is asked again, one that stays down is told with its words", async (t) => {
  const w = await world(t);
  let failures = 2;
  w.first = (request, response) => request.method === "PUT" && failures-- > 0 && (response.writeHead(503).end(), true);
  assert.equal((await w.push()).kind, "ok");
  w.first = (request, response) => {
    if (request.method !== "PUT") return false;
    response.writeHead(503).end("closed for today");
    return true;
  };
  const result = await w.push("team/other");
  assert.ok(result.kind === "failed");
  assert.match(
    result.message,
    /^localhost:\d+\/team\/other:v1 could not be pushed: PUT http:.*: unexpected status code 503 .*closed for today$/,
  );
});

test("push: credentials are tried in order, and a refusal before the build says which", async (t) => {
  const w = await world(t, { username: "flag", password: "right" });
  const auth = Buffer.from("stored:right").toString("base64");
  writeFileSync(join(w.folder, "config.json"), JSON.stringify({ auths: { [w.registry.host]: { auth } } }));
  let accepted = BASIC("stored");
  w.first = ({ headers }, response) => {
    if (headers.authorization === accepted) return false;
    response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end('{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}');
    return true;
  };
  const reference = `${w.registry.host}/team/app:v1`;
  const ok = await checkPush(w.access, reference, signal);
  assert.ok(ok.kind === "ok");
  assert.equal(ok.user, "stored");
  assert.deepEqual(w.registry.log.filter((line) => line.startsWith("DELETE")).length, 1, "the upload that was only a question is given up");
  accepted = "nobody's";
  const refused = await checkPush(w.access, reference, signal);
  assert.ok(refused.kind === "failed");
  assert.match(
    refused.message,
    /does not let team\/app be pushed: .*refused user "flag" of --username and user "stored" of .*config\.json/,
  );
  assert.match(refused.message, /UNAUTHORIZED: who are you/);
});

test("push: a registry that is not there, and a name that is none", async (t) => {
  const w = await world(t);
  const gone = await checkPush(w.access, "localhost:1/app", signal);
  assert.match(gone.kind === "failed" ? gone.message : "", /localhost:1\/app cannot be pushed: .*connection refused/);
  const bad = await checkPush(w.access, "localhost:1/App", signal);
  assert.match(bad.kind === "failed" ? bad.message : "", /repository name must be lowercase/);
});
