import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { buildImage } from "../build.ts";
import { nodeDisk } from "../node-disk.ts";
import { MIB, makeRegistry, pieces, pushBlob, pushImage, sha256, sha512, type RegistryUnderTest } from "./fixtures/client.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";
const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const EMPTY = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256("{}"), size: 2 };

async function open(t: TestContext): Promise<RegistryUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-registry-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return makeRegistry(t, { disk: nodeDisk(), folder });
}

async function begin({ call }: RegistryUnderTest, repository: string): Promise<string> {
  const { status, header } = await call("POST", `/v2/${repository}/blobs/uploads/`);
  assert.equal(status, 202);
  return header("location") ?? "";
}

test("what the platform built is served by tag and digest", async (t) => {
  const registry = await open(t);
  const digest = await buildImage(registry.store, {
    reference: "kinetic.local/hello:latest",
    files: [{ path: "app/main.mjs", bytes: Buffer.from("console.log(1)") }],
    argv: ["node", "app/main.mjs"],
    runtime: "node26",
    architecture: "amd64",
  });
  const byTag = await registry.call("GET", "/v2/hello/manifests/latest");
  assert.equal(byTag.header("docker-content-digest"), digest);
  const manifest = JSON.parse(byTag.text) as { config: { digest: string }; layers: { digest: string }[] };
  for (const blob of [manifest.config, ...manifest.layers]) {
    assert.equal(sha256((await registry.call("GET", `/v2/hello/blobs/${blob.digest}`)).bytes), blob.digest);
  }
  assert.deepEqual(JSON.parse((await registry.call("GET", "/v2/_catalog")).text), { repositories: ["hello"] });
});

test("an image that was pushed comes back byte by byte, with the type it was pushed with", async (t) => {
  const registry = await open(t);
  const { digest, manifest, layers } = await pushImage(registry, { repository: "team/app", tag: "v1", layers: ["one", "two"] });
  for (const reference of ["v1", digest]) {
    for (const method of ["GET", "HEAD"]) {
      const got = await registry.call(method, `/v2/team/app/manifests/${reference}`);
      assert.equal(got.status, 200);
      assert.equal(got.header("content-type"), IMAGE);
      assert.equal(got.header("docker-content-digest"), digest);
      assert.equal(got.header("content-length"), String(manifest.length));
      assert.equal(got.text, method === "GET" ? manifest : "");
    }
  }
  assert.equal((await registry.call("GET", `/v2/team/app/blobs/${layers[1] ?? ""}`)).text, "two");
  const again = await registry.call("GET", `/v2/team/app/manifests/v1`, { headers: { "if-none-match": `"${digest}"` } });
  assert.equal(again.status, 304);
});

test("a blob arrives by one POST, POST and PUT, chunks, or a stream", async (t) => {
  const registry = await open(t);
  const content = Buffer.from("content of a layer".repeat(1000));
  const digest = sha256(content);
  const half = content.length / 2;
  const chunk = (start: number, end: number) => ({
    headers: { "content-range": `${start}-${end - 1}` },
    body: content.subarray(start, end),
  });
  const ways: Record<string, (location: string) => Promise<number>> = {
    put: async (at) => (await registry.call("PUT", `${at}?digest=${digest}`, { body: content })).status,
    chunks: async (at) => {
      const first = await registry.call("PATCH", at, chunk(0, half));
      assert.equal(first.header("range"), `0-${half - 1}`);
      const second = await registry.call("PATCH", first.header("location") ?? "", chunk(half, content.length));
      return (await registry.call("PUT", `${second.header("location") ?? ""}?digest=${digest}`)).status;
    },
    "last chunk in PUT": async (at) => {
      await registry.call("PATCH", at, chunk(0, half));
      return (await registry.call("PUT", `${at}?digest=${digest}`, chunk(half, content.length))).status;
    },
    stream: async (at) => {
      await registry.call("PATCH", at, { body: pieces(content) });
      return (await registry.call("PUT", `${at}?digest=${digest}`)).status;
    },
  };
  for (const [repository, way] of Object.entries(ways)) {
    const name = repository.toLowerCase().replaceAll(" ", "-");
    assert.equal(await way(await begin(registry, name)), 201, repository);
    assert.deepEqual((await registry.call("GET", `/v2/${name}/blobs/${digest}`)).bytes, content, repository);
  }
  const posted = await registry.call("POST", `/v2/post/blobs/uploads/?digest=${sha512(content)}`, { body: content });
  assert.equal(posted.header("location"), `/v2/post/blobs/${sha512(content)}`);
  assert.equal((await registry.call("HEAD", `/v2/post/blobs/${sha512(content)}`)).header("content-length"), String(content.length));
});

test("a chunk that is out of order is refused with where to go on", async (t) => {
  const registry = await open(t);
  const at = await begin(registry, "a");
  const patch = (range: string, body: string) => registry.call("PATCH", at, { headers: { "content-range": range }, body });
  assert.equal((await patch("5-9", "world")).status, 416);
  assert.equal((await patch("0-4", "hello")).status, 202);
  const refused = await patch("0-4", "hello");
  assert.deepEqual([refused.status, refused.header("range"), refused.header("location")], [416, "0-4", at]);
  const put = await registry.call("PUT", `${at}?digest=${sha256("helloworld")}`, { headers: { "content-range": "7-9" }, body: "rld" });
  assert.equal(put.status, 416);
  const status = await registry.call("GET", at);
  assert.deepEqual([status.status, status.header("range"), status.header("location")], [204, "0-4", at]);
  const last = { headers: { "content-range": "5-9" }, body: "world" };
  assert.equal((await registry.call("PUT", `${at}?digest=${sha256("helloworld")}`, last)).status, 201);
});

test("a blob whose digest is wrong leaves nothing behind", async (t) => {
  const registry = await open(t);
  const wrong = sha256("something else");
  assert.equal((await registry.call("POST", `/v2/a/blobs/uploads/?digest=${wrong}`, { body: "content" })).code, "DIGEST_INVALID");
  const at = await begin(registry, "a");
  const put = await registry.call("PUT", `${at}?digest=${wrong}`, { body: "content" });
  assert.deepEqual([put.status, put.code], [400, "DIGEST_INVALID"]);
  assert.equal((await registry.call("GET", at)).code, "BLOB_UPLOAD_UNKNOWN");
  for (const digest of [wrong, sha256("content")]) {
    assert.equal((await registry.call("HEAD", `/v2/a/blobs/${digest}`)).status, 404);
  }
  assert.deepEqual(await Array.fromAsync(registry.store.blobs.list()), []);
});

test("a blob is mounted from another repository, or from wherever it is", async (t) => {
  const registry = await open(t);
  const digest = await pushBlob(registry, "from", "content");
  const mount = (repository: string, query: string) => registry.call("POST", `/v2/${repository}/blobs/uploads/?mount=${query}`);
  const mounted = await mount("to", `${digest}&from=from`);
  assert.deepEqual([mounted.status, mounted.header("location")], [201, `/v2/to/blobs/${digest}`]);
  assert.equal((await registry.call("GET", `/v2/to/blobs/${digest}`)).text, "content");
  assert.equal((await mount("anywhere", digest)).status, 201);
  for (const query of [`${digest}&from=empty`, `${sha256("absent")}&from=from`, `${digest}&from=../from`, "nonsense&from=from"]) {
    const begun = await mount("other", query);
    assert.equal(begun.status, 202, query);
    assert.match(begun.header("location") ?? "", /^\/v2\/other\/blobs\/uploads\//);
    await registry.call("DELETE", begun.header("location") ?? "");
  }
  assert.equal((await registry.call("HEAD", `/v2/other/blobs/${digest}`)).status, 404);
});

const RANGES: readonly [header: string, status: number, text: string, contentRange: string | undefined][] = [
  ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=-2", 206, "89", "bytes 8-9/10"],
  ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
  ["bytes=8-99", 206, "89", "bytes 8-9/10"],
  ["bytes=10-", 416, "", "bytes */10"],
  ["bytes=-0", 416, "", "bytes */10"],
  ["bytes=5-2", 200, "0123456789", undefined],
  ["bytes=0-1,3-4", 200, "0123456789", undefined],
  ["lines=0-1", 200, "0123456789", undefined],
];

test("parts of a blob are answered as RFC 9110 says", async (t) => {
  const registry = await open(t);
  const digest = await pushBlob(registry, "a", "0123456789");
  for (const [range, status, text, contentRange] of RANGES) {
    const got = await registry.call("GET", `/v2/a/blobs/${digest}`, { headers: { range } });
    assert.deepEqual([got.status, status === 416 ? "" : got.text, got.header("content-range")], [status, text, contentRange], range);
  }
  const stale = { range: "bytes=0-3", "if-range": '"other"' };
  assert.equal((await registry.call("GET", `/v2/a/blobs/${digest}`, { headers: stale })).status, 200);
  const none = await pushBlob(registry, "a", "");
  assert.equal((await registry.call("GET", `/v2/a/blobs/${none}`)).header("content-length"), "0");
});

test("tags are listed in lexical order, in pages that lead to each other", async (t) => {
  const registry = await open(t);
  for (const tag of ["b", "C", "a", "A", "x.partial", "v1.10", "v1.9", "latest"]) {
    await pushImage(registry, { repository: "app", tag, layers: [] });
  }
  const all = ["A", "a", "b", "C", "latest", "v1.10", "v1.9", "x.partial"];
  const list = async (query: string) => {
    const { text, header } = await registry.call("GET", `/v2/app/tags/list${query}`);
    return { tags: (JSON.parse(text) as { tags: string[] }).tags, link: header("link") };
  };
  assert.deepEqual((await list("")).tags, all);
  assert.deepEqual(await list("?n=3"), { tags: ["A", "a", "b"], link: '</v2/app/tags/list?n=3&last=b>; rel="next"' });
  assert.deepEqual(await list("?n=3&last=latest"), { tags: ["v1.10", "v1.9", "x.partial"], link: undefined });
  assert.deepEqual((await list("?last=c")).tags, ["latest", "v1.10", "v1.9", "x.partial"], "a last tag that is gone");
  assert.deepEqual(await list("?n=0"), { tags: [], link: undefined });
  assert.equal((await registry.call("GET", "/v2/app/tags/list?n=-1")).status, 400);
  const seen: string[] = [];
  for (let next: string | undefined = "?n=1"; next !== undefined;) {
    const { tags, link }: { tags: string[]; link: string | undefined } = await list(next);
    seen.push(...tags);
    next = /\?[^>]*/.exec(link ?? "")?.[0];
  }
  assert.deepEqual(seen, all);
  assert.equal((await registry.call("GET", "/v2/other/tags/list")).code, "NAME_UNKNOWN");
});

test("the catalog names the repositories of this registry, in pages, and not what was pulled from others", async (t) => {
  const registry = await open(t);
  for (const repository of ["b/c", "a", "b"]) await pushImage(registry, { repository, tag: "v", layers: [] });
  await registry.store.repositories.linkBlob("docker.io/library/nginx", sha256("x"));
  const first = await registry.call("GET", "/v2/_catalog?n=2");
  assert.deepEqual(JSON.parse(first.text), { repositories: ["a", "b"] });
  assert.equal(first.header("link"), '</v2/_catalog?n=2&last=b>; rel="next"');
  assert.deepEqual(JSON.parse((await registry.call("GET", "/v2/_catalog?n=2&last=b")).text), { repositories: ["b/c"] });
});

test("referrers of a manifest are listed with type and annotations, before and after it is there", async (t) => {
  const registry = await open(t);
  await pushBlob(registry, "app", "{}");
  const image = await pushImage(registry, { repository: "app", tag: "v1", layers: ["one"] });
  const subject = { mediaType: IMAGE, digest: image.digest, size: image.manifest.length };
  const put = async (fields: object, mediaType = IMAGE) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType, subject, ...fields });
    const answer = await registry.call("PUT", `/v2/app/manifests/${sha256(body)}`, { headers: { "content-type": mediaType }, body });
    assert.deepEqual([answer.status, answer.header("oci-subject")], [201, image.digest], answer.text);
    return { mediaType, digest: sha256(body), size: body.length };
  };
  const annotations = { "org.example": "yes" };
  const sbom = await put({ artifactType: "a/sbom", config: EMPTY, layers: [], annotations });
  const signature = await put({ config: { ...EMPTY, mediaType: "a/signature" }, layers: [] });
  const list = await put({ manifests: [] }, INDEX);
  const referrers = async (query = "") => {
    const got = await registry.call("GET", `/v2/app/referrers/${image.digest}${query}`);
    assert.deepEqual([got.status, got.header("content-type")], [200, INDEX]);
    const index = JSON.parse(got.text) as { schemaVersion: number; mediaType: string; manifests: { digest: string }[] };
    return { filters: got.header("oci-filters-applied"), manifests: index.manifests.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)) };
  };
  const expected = [{ ...sbom, artifactType: "a/sbom", annotations }, { ...signature, artifactType: "a/signature" }, list];
  assert.deepEqual(
    (await referrers()).manifests,
    expected.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
  );
  assert.deepEqual(await referrers("?artifactType=a/sbom"), { filters: "artifactType", manifests: [expected[0]] });
  await registry.call("DELETE", `/v2/app/manifests/${sbom.digest}`);
  assert.deepEqual((await referrers("?artifactType=a/sbom")).manifests, []);
  const none = await registry.call("GET", `/v2/other/referrers/${sha256("no such")}`);
  assert.deepEqual([none.status, (JSON.parse(none.text) as { manifests: unknown[] }).manifests], [200, []]);
  assert.equal((await registry.call("GET", "/v2/app/referrers/sha256:short")).status, 400);
});

test("referrers that one index cannot hold are listed in pages", async (t) => {
  const registry = await open(t);
  const subject = { mediaType: IMAGE, digest: sha256("subject"), size: 7 };
  const digests: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const annotations = { name, filler: "x".repeat(1.5 * MIB) };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, artifactType: "a/b", manifests: [], subject, annotations });
    assert.equal((await registry.call("PUT", `/v2/app/manifests/${name}`, { headers: { "content-type": INDEX }, body })).status, 201);
    digests.push(sha256(body));
  }
  const seen: string[] = [];
  for (let target: string | undefined = `/v2/app/referrers/${subject.digest}?artifactType=a/b`; target !== undefined;) {
    const { bytes, text, header } = await registry.call("GET", target);
    assert.ok(bytes.length <= 4 * MIB);
    seen.push(...(JSON.parse(text) as { manifests: { digest: string }[] }).manifests.map(({ digest }) => digest));
    target = /<([^>]*)>; rel="next"/.exec(header("link") ?? "")?.[1];
  }
  assert.deepEqual(seen, digests.toSorted());
});

test("tags, manifests and blobs are deleted from one repository", async (t) => {
  const registry = await open(t);
  const image = await pushImage(registry, { repository: "app", tag: "v1", layers: ["one"] });
  await pushImage(registry, { repository: "app", tag: "v2", layers: ["one"] });
  await pushImage(registry, { repository: "other", tag: "v1", layers: ["one"] });
  const status = async (method: string, path: string) => (await registry.call(method, path)).status;
  assert.equal(await status("DELETE", "/v2/app/manifests/v1"), 202);
  assert.equal(await status("DELETE", "/v2/app/manifests/v1"), 404);
  assert.equal(await status("GET", "/v2/app/manifests/v1"), 404);
  assert.equal(await status("GET", `/v2/app/manifests/${image.digest}`), 200);
  assert.equal(await status("DELETE", `/v2/app/manifests/${image.digest}`), 202);
  assert.equal(await status("GET", `/v2/app/manifests/${image.digest}`), 404);
  assert.equal(await status("GET", "/v2/app/manifests/v2"), 404, "a tag goes with its manifest");
  const blob = `blobs/${image.layers[0] ?? ""}`;
  assert.equal(await status("DELETE", `/v2/app/${blob}`), 202);
  assert.equal(await status("GET", `/v2/app/${blob}`), 404);
  assert.equal(await status("DELETE", `/v2/app/${blob}`), 404);
  assert.equal(await status("GET", `/v2/other/${blob}`), 200);
  assert.equal(await status("GET", "/v2/other/manifests/v1"), 200);
});

const MANIFESTS: readonly [what: string, mediaType: string, body: unknown, status: number, code?: string][] = [
  ["not JSON", IMAGE, "{", 400, "MANIFEST_INVALID"],
  ["a list", IMAGE, [], 400, "MANIFEST_INVALID"],
  ["no config", IMAGE, { layers: [] }, 400, "MANIFEST_INVALID"],
  ["another mediaType than Content-Type", IMAGE, { mediaType: INDEX, manifests: [] }, 400, "MANIFEST_INVALID"],
  ["image and index at once", IMAGE, { config: EMPTY, layers: [], manifests: [] }, 400, "MANIFEST_INVALID"],
  ["index and image at once", INDEX, { manifests: [], layers: [] }, 400, "MANIFEST_INVALID"],
  ["a layer that is no descriptor", IMAGE, { config: EMPTY, layers: [{ digest: "sha256:../../x" }] }, 400, "MANIFEST_INVALID"],
  ["a subject that is no descriptor", IMAGE, { config: EMPTY, layers: [], subject: { digest: "x" } }, 400, "MANIFEST_INVALID"],
  ["a config that is not here", IMAGE, { config: { ...EMPTY, digest: sha256("no") }, layers: [] }, 404, "MANIFEST_BLOB_UNKNOWN"],
  ["a layer that is not here", IMAGE, { config: EMPTY, layers: [{ ...EMPTY, digest: sha256("no") }] }, 404, "MANIFEST_BLOB_UNKNOWN"],
  ["no type anywhere", "", { hello: 1 }, 400, "MANIFEST_INVALID"],
  ["a type with parameters", `${INDEX}; charset=utf-8`, { mediaType: INDEX, manifests: [] }, 201],
  ["a type only in the body", "", { mediaType: INDEX, manifests: [] }, 201],
  ["an index of manifests that are elsewhere", INDEX, { manifests: [{ ...EMPTY, digest: sha256("no") }] }, 201],
  [
    "a layer that is fetched from elsewhere",
    IMAGE,
    { config: EMPTY, layers: [{ ...EMPTY, digest: sha256("no"), mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar" }] },
    201,
  ],
  ["an unknown type", "application/vnd.example.thing+json", { anything: ["goes"] }, 201],
];

test("manifests of any type are taken, and what cannot be one is refused", async (t) => {
  const registry = await open(t);
  await pushBlob(registry, "app", "{}");
  for (const [what, mediaType, document, status, code] of MANIFESTS) {
    const body = typeof document === "string" ? document : JSON.stringify(document);
    const headers: Record<string, string> = mediaType === "" ? {} : { "content-type": mediaType };
    const put = await registry.call("PUT", "/v2/app/manifests/tag", { headers, body });
    assert.deepEqual([put.status, put.code], [status, code], `${what}: ${put.text}`);
    if (status === 201) assert.equal((await registry.call("GET", "/v2/app/manifests/tag")).text, body, what);
  }
  const wrong = await registry.call("PUT", `/v2/app/manifests/${sha256("x")}`, { headers: { "content-type": INDEX }, body: "{}" });
  assert.equal(wrong.code, "DIGEST_INVALID");
});

test("a manifest may have 4 MiB, and one byte more is refused before it is read", async (t) => {
  const registry = await open(t);
  const body = (length: number) => `{"manifests":[],"x":"${"x".repeat(length - 23)}"}`;
  const put = (text: string, stream: boolean) =>
    registry.call("PUT", "/v2/app/manifests/big", {
      headers: { "content-type": INDEX },
      body: stream ? pieces(Buffer.from(text), MIB) : text,
    });
  assert.equal(body(4 * MIB).length, 4 * MIB);
  for (const stream of [true, false]) {
    assert.equal((await put(body(4 * MIB), stream)).status, 201);
    const refused = await put(body(4 * MIB + 1), stream);
    assert.deepEqual([refused.status, refused.code], [413, "SIZE_INVALID"]);
  }
  assert.equal((await registry.call("GET", "/v2/app/manifests/big")).bytes.length, 4 * MIB);
});

test("a manifest that is pushed by digest takes the tags that its address asks for", async (t) => {
  const registry = await open(t);
  const body = JSON.stringify({ mediaType: INDEX, manifests: [] });
  const put = await registry.call("PUT", `/v2/app/manifests/${sha512(body)}?tag=a&tag=b`, { body });
  assert.deepEqual([put.status, put.header("oci-tag")], [201, "a,b"]);
  assert.equal((await registry.call("HEAD", "/v2/app/manifests/b")).header("docker-content-digest"), sha512(body));
  assert.equal((await registry.call("PUT", `/v2/app/manifests/${sha512(body)}?tag=../a`, { body })).code, "MANIFEST_INVALID");
});

const HOSTILE: readonly [method: string, target: string, status: number, code: string][] = [
  ["GET", "/v2/../../etc/passwd", 404, "NOT_FOUND"],
  ["GET", "/v2/a/../../../etc/blobs/sha256:0", 400, "NAME_INVALID"],
  ["GET", `/v2/%2e%2e/%2e%2e/blobs/${sha256("x")}`, 400, "NAME_INVALID"],
  ["GET", `/v2/a%2f..%2fb/blobs/${sha256("x")}`, 400, "NAME_INVALID"],
  ["GET", "/v2/a/blobs/sha256:..%2f..%2f..%2fetc%2fpasswd", 404, "NOT_FOUND"],
  ["GET", "/v2/a/blobs/sha256:abc", 400, "DIGEST_INVALID"],
  ["GET", "/v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e", 400, "DIGEST_INVALID"],
  ["GET", "/v2/a/manifests/..", 404, "NAME_UNKNOWN"],
  ["PUT", "/v2/a/manifests/..", 400, "MANIFEST_INVALID"],
  ["PUT", `/v2/a/manifests/${"t".repeat(129)}`, 400, "MANIFEST_INVALID"],
  ["PUT", "/v2/a/manifests/sha256:zz", 400, "DIGEST_INVALID"],
  ["POST", "/v2/UPPER/blobs/uploads/", 400, "NAME_INVALID"],
  ["POST", "/v2/a//b/blobs/uploads/", 400, "NAME_INVALID"],
  ["POST", `/v2/${"a".repeat(256)}/blobs/uploads/`, 400, "NAME_INVALID"],
  ["POST", `/v2/${"a/".repeat(100)}a/blobs/uploads/`, 400, "NAME_INVALID"],
  ["POST", "/v2/a/blobs/uploads/?digest=nonsense", 400, "DIGEST_INVALID"],
  ["PATCH", "/v2/a/blobs/uploads/..%2f..%2fx", 404, "NOT_FOUND"],
  ["PATCH", "/v2/a/blobs/uploads/nonsense", 404, "BLOB_UPLOAD_UNKNOWN"],
  ["PUT", "/v2/a/blobs/uploads/nonsense", 400, "DIGEST_INVALID"],
  ["GET", "/v2/%zz/tags/list", 404, "NOT_FOUND"],
  ["GET", "/", 404, "NOT_FOUND"],
  ["POST", "/v2/", 405, "UNSUPPORTED"],
  ["TRACE", "/v2/a/tags/list", 405, "UNSUPPORTED"],
];

test("names, digests and addresses that lead astray are refused", async (t) => {
  const registry = await open(t);
  for (const [method, target, status, code] of HOSTILE) {
    const got = await registry.call(method, target, { body: "{}", headers: { "content-type": INDEX } });
    assert.deepEqual([got.status, got.code], [status, code], `${method} ${target}: ${got.text}`);
  }
  assert.equal((await registry.call("POST", "/v2/")).header("allow"), "GET, HEAD");
});

test("a hundred kilobytes of name are refused at once", async (t) => {
  const registry = await open(t);
  const start = performance.now();
  for (const name of ["a-".repeat(50_000), "a_".repeat(50_000), "-".repeat(100_000), "/blobs/".repeat(15_000)]) {
    assert.ok((await registry.call("GET", `/v2/${name}/blobs/${sha256("x")}`)).status >= 400);
  }
  assert.ok(performance.now() - start < 2000, "names are not matched with backtracking");
});
