import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import { allKinds } from "../../../api/kinds.ts";
import type { Kind } from "../../../api/meta/kind.ts";
import type { Definitions, JsonSchema } from "../../../api/meta/schema.ts";
import { systemClock } from "../../../std/clock.ts";
import { openApiHandler } from "./handler.ts";

const START = Date.parse("2026-11-23T20:00:00.700Z");
const clock = { ...systemClock, now: () => START };
const definitions: Definitions = Object.assign({}, builtinDefinitions, ...allKinds.map((kind) => kind.definitions ?? {}));

function server(kinds: () => readonly Kind[] = () => allKinds) {
  const handle = openApiHandler({ kinds, definitions }, clock);
  return (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> => {
    const response = handle(new Request(`https://localhost${path}`, { headers, method }));
    assert.ok(response, path);
    return response;
  };
}

const HASH = /^[0-9A-F]{128}$/;

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

describe("/openapi/v3", () => {
  it("lists one document a group and version, and revalidates by date", async () => {
    const get = server();
    const response = await get("/openapi/v3");
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(response.headers.get("etag"), null);
    const { paths } = (await response.json()) as Index;
    const url = paths["apis/apps/v1"]?.serverRelativeURL ?? "";
    assert.match(url, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
    assert.ok(paths["api/v1"] && paths["apis/serving.knative.dev/v1"]);
    const since = response.headers.get("last-modified") ?? "";
    assert.equal((await get("/openapi/v3", { "if-modified-since": since })).status, 304);
    assert.equal((await get("/openapi/v3", { "if-modified-since": "Mon, 23 Nov 2020 00:00:00 GMT" })).status, 200);
  });

  it("caches a document under its hash for good, redirects a wrong hash, and has none for unknown groups", async () => {
    const get = server();
    const plain = await get("/openapi/v3/apis/apps/v1");
    const etag = plain.headers.get("etag") ?? "";
    const hash = etag.slice(1, -1);
    assert.match(hash, HASH);
    assert.deepEqual([plain.status, plain.headers.get("vary"), plain.headers.get("expires")], [200, "Accept", null]);
    const right = await get(`/openapi/v3/apis/apps/v1?hash=${hash}&timeout=32s`);
    assert.deepEqual(
      [right.status, right.headers.get("cache-control"), right.headers.get("expires")],
      [200, "public, immutable", "Tue, 23 Nov 2027 20:00:00 UTC"],
    );
    assert.equal(await right.text(), await plain.text());
    assert.equal((await get(`/openapi/v3/apis/apps/v1?hash=${hash}`, { "if-none-match": etag })).status, 304);
    const wrong = await get("/openapi/v3/apis/apps/v1?hash=ABC");
    assert.deepEqual([wrong.status, wrong.headers.get("location")], [301, `/openapi/v3/apis/apps/v1?hash=${hash}`]);
    assert.equal((await get("/openapi/v3/apis/nope/v1")).status, 404);
    assert.equal((await get("/openapi/v3/api/v1", { accept: "text/html" })).status, 406);
  });

  it("makes the documents of changed groups anew, with a later date", async () => {
    let kinds: readonly Kind[] = allKinds;
    const get = server(() => kinds);
    const paths = ["/openapi/v3", "/openapi/v3/apis/apps/v1", "/openapi/v3/api/v1"];
    const before = await Promise.all(paths.map((path) => get(path)));
    kinds = allKinds.filter((kind) => kind.kind !== "ConfigMap");
    const after = await Promise.all(paths.map((path) => get(path)));
    const tags = (responses: readonly Response[]) => responses.map((response) => response.headers.get("etag"));
    assert.equal(tags(before)[1], tags(after)[1]);
    assert.notEqual(tags(before)[2], tags(after)[2]);
    const since = before[0]?.headers.get("last-modified") ?? "";
    assert.equal((await get("/openapi/v3", { "if-modified-since": since })).status, 200, "though it is the same second");
  });

  it("answers its own paths only, and reads only", async () => {
    const handle = openApiHandler({ kinds: () => allKinds, definitions }, clock);
    assert.equal(handle(new Request("https://localhost/openapi")), undefined);
    assert.equal(handle(new Request("https://localhost/openapi/v22")), undefined);
    assert.equal((await server()("/openapi/v3", {}, "DELETE")).status, 405);
  });
});

interface Operation {
  readonly parameters?: readonly { readonly name: string }[];
  readonly "x-kubernetes-action": string;
  readonly "x-kubernetes-group-version-kind": object;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

describe("a document of OpenAPI v3", () => {
  it("has what kubectl looks for before it uses dryRun and fieldValidation", async () => {
    const { paths } = (await (await server()("/openapi/v3/apis/apps/v1")).json()) as Document;
    const patch = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]?.["patch"];
    assert.deepEqual(patch?.["x-kubernetes-group-version-kind"], { group: "apps", version: "v1", kind: "Deployment" });
    assert.deepEqual(
      patch?.parameters?.map(({ name }) => name),
      ["dryRun", "fieldManager", "fieldValidation", "force"],
    );
    const list = paths["/apis/apps/v1/deployments"]?.["get"];
    assert.deepEqual(
      [list?.["x-kubernetes-action"], Object.keys(paths["/apis/apps/v1/deployments"] ?? {})],
      ["list", ["get", "parameters"]],
    );
    assert.ok(paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"]?.["patch"]);
  });

  it("is closed: every reference leads to a schema, and nothing stands beside one", async () => {
    const get = server();
    const { paths } = (await (await get("/openapi/v3")).json()) as Index;
    for (const key of Object.keys(paths)) {
      const document = (await (await get(`/openapi/v3/${key}`)).json()) as Document;
      let seen = 0;
      JSON.stringify(document, (_name, node: unknown) => {
        if (typeof node !== "object" || node === null || !("$ref" in node) || typeof node.$ref !== "string") return node;
        seen++;
        assert.ok(document.components.schemas[node.$ref.replace("#/components/schemas/", "")], `${key}: ${node.$ref}`);
        assert.deepEqual(Object.keys(node), ["$ref"], key);
        return node;
      });
      assert.ok(seen > 0, key);
    }
  });

  it("says how lists merge", async () => {
    const { components } = (await (await server()("/openapi/v3/api/v1")).json()) as Document;
    const containers = components.schemas["io.k8s.api.core.v1.PodSpec"]?.properties?.["containers"];
    const { description, ...rest } = containers as { readonly description: string };
    assert.ok(description);
    assert.deepEqual(rest, {
      type: "array",
      items: { $ref: "#/components/schemas/io.k8s.api.core.v1.Container" },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      "x-kubernetes-patch-strategy": "merge",
      "x-kubernetes-patch-merge-key": "name",
    });
  });
});

describe("descriptions", () => {
  it("are loaded with the first document, and everybody's are there", async () => {
    let loads = 0;
    const load = () => {
      loads++;
      return Promise.resolve((name: string, schema: JsonSchema) => ({ ...schema, description: `About ${name}.` }));
    };
    const handle = openApiHandler({ kinds: () => allKinds, definitions }, clock, load);
    assert.equal(handle(new Request("https://localhost/api")), undefined);
    assert.equal(loads, 0);
    const response = await handle(new Request("https://localhost/openapi/v3/api/v1"));
    assert.ok(response);
    const { components } = (await response.json()) as Document;
    assert.equal(loads, 1);
    assert.deepEqual(
      Object.entries(components.schemas).filter(([name, { description }]) => description !== `About ${name}.`),
      [],
    );
  });
});

describe("/openapi/v2", () => {
  const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  it("answers JSON or protobuf, by both spellings, and revalidates by ETag", async () => {
    const get = server();
    const json = await get("/openapi/v2", { accept: "application/json, */*" });
    const document = (await json.json()) as { swagger: string; definitions: Record<string, { properties?: Record<string, object> }> };
    assert.equal(document.swagger, "2.0");
    const spec = document.definitions["io.k8s.api.core.v1.Pod"]?.properties?.["spec"];
    const { description, ...rest } = spec as { readonly description: string };
    assert.ok(description);
    assert.deepEqual(rest, { $ref: "#/definitions/io.k8s.api.core.v1.PodSpec" });
    for (const accept of [PROTOBUF, PROTOBUF.replace("v2.v1", "v2@v1")]) {
      const response = await get("/openapi/v2", { accept });
      assert.deepEqual([response.status, response.headers.get("content-type"), response.headers.get("vary")], [200, PROTOBUF, "Accept"]);
      assert.equal((await get("/openapi/v2", { accept, "if-none-match": response.headers.get("etag") ?? "" })).status, 304);
    }
    assert.equal((await get("/openapi/v2", { accept: "text/html" })).status, 406);
  });

  it("is gzipped for who can read it", async () => {
    const get = server();
    const zipped = await get("/openapi/v2", { accept: PROTOBUF, "accept-encoding": "gzip" });
    assert.equal(zipped.headers.get("content-encoding"), "gzip");
    const plain = new Uint8Array(await (await get("/openapi/v2", { accept: PROTOBUF })).arrayBuffer());
    assert.deepEqual(new Uint8Array(gunzipSync(await zipped.arrayBuffer())), plain);
  });
});
