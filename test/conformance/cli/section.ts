/** Sections of a written contract as tests: a platform, raw requests to its API server, one test for each sentence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../src/api/meta/object.ts";
import { encodeProtobuf } from "../../../src/control/apiserver/negotiation/protobuf.ts";
import { requires, type Requirement } from "../../../src/testing/requirements.ts";
import { apiCall } from "../../e2e/api-call.ts";
import { eventually, startKinetic, type Kinetic } from "../../e2e/harness.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Body = Json | string | readonly unknown[];
type Headers = Readonly<Record<string, string | null>>;

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The text, read as JSON when somebody looks. */
  readonly body: Json;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Event {
  readonly type: string;
  readonly object: KubeObject;
}

export const PROTOBUF = "application/vnd.kubernetes.protobuf";
export const CORE = "/api/v1/namespaces/default";
export const SERVING = "/apis/serving.knative.dev/v1/namespaces/default";

/** What a section's tests work with. */
export class Api {
  readonly kinetic: Kinetic;

  constructor(kinetic: Kinetic) {
    this.kinetic = kinetic;
  }

  /** `method` may also be a kind of patch: `merge-patch`, `json-patch` and so on. */
  async ask(method: string, path: string, body?: Body, headers: Headers = {}): Promise<Reply> {
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const patch = method.endsWith("-patch")
      ? { "content-type": `application/${method}+${method === "apply-patch" ? "yaml" : "json"}` }
      : {};
    return this.#send(method.endsWith("-patch") ? "PATCH" : method, path, text, { accept: "application/json", ...patch, ...headers });
  }

  /** As typed clients of Kubernetes' own kinds send. */
  async askInProtobuf(method: string, path: string, body: Json): Promise<Reply> {
    const bytes = encodeProtobuf({ ...body });
    assert.ok(bytes, `no protobuf of ${String(body["kind"])}`);
    return this.#send(method, path, bytes, { accept: `${PROTOBUF},application/json`, "content-type": PROTOBUF });
  }

  async #send(method: string, path: string, body: string | Uint8Array | undefined, headers: Headers): Promise<Reply> {
    // Node announces no length of a DELETE's body by itself.
    const sent = body === undefined ? { headers } : { body, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } };
    const answer = await apiCall(this.kinetic, { method, path, ...sent });
    return {
      status: answer.status,
      text: answer.body,
      headers: answer.headers,
      get body() {
        return JSON.parse(answer.body) as Json;
      },
    };
  }

  /** The body of an answer that must have this status. */
  async expect(status: number, method: string, path: string, body?: Body): Promise<Json> {
    const reply = await this.ask(method, path, body);
    assert.equal(reply.status, status, `${method} ${path}: ${reply.text.slice(0, 1000)}`);
    return reply.body;
  }

  async object(path: string): Promise<KubeObject & { spec?: Json; status?: Json }> {
    return (await this.expect(200, "GET", path)) as unknown as KubeObject & { spec?: Json; status?: Json };
  }

  async list(path: string): Promise<readonly KubeObject[]> {
    return (await this.expect(200, "GET", path))["items"] as readonly KubeObject[];
  }

  /** The resourceVersion of a list: where a watch of what comes next begins. */
  async revision(path: string): Promise<string> {
    const { metadata } = (await this.expect(200, "GET", path)) as { metadata?: { resourceVersion: string } };
    return metadata?.resourceVersion ?? "";
  }

  /** The events that a watch gives within its timeout, without bookmarks. */
  async events(path: string, query: Readonly<Record<string, string>>): Promise<Event[]> {
    const search = new URLSearchParams({ watch: "true", timeoutSeconds: "1", ...query });
    const reply = await this.ask("GET", `${path}?${search.toString()}`);
    assert.equal(reply.status, 200, reply.text);
    const lines = reply.text.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Event).filter(({ type }) => type !== "BOOKMARK");
  }

  /** Waits until the last condition of this type says so. */
  async until(path: string, type: string, status: string): Promise<KubeObject & { spec?: Json; status?: Json }> {
    return eventually(`${path} is ${type}=${status}`, async () => {
      const found = await this.object(path);
      assert.equal(conditionOf(found, type)?.status, status, JSON.stringify(found.status));
      assert.equal(found.status?.["observedGeneration"], found.metadata.generation);
      return found;
    });
  }
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export function conditionOf(object: { readonly status?: Json }, type: string): Condition | undefined {
  return ((object.status?.["conditions"] ?? []) as readonly Condition[]).find((one) => one.type === type);
}

export type Rows = Readonly<Record<string, (api: Api) => Promise<void>>>;

/** Runs the rows in order against one platform; a row may build on those before it. */
export function section(
  title: string,
  rows: Rows,
  options: { readonly needs?: Requirement; readonly prepare?: (api: Api) => Promise<void> } = {},
): void {
  const skip = requires("linux", ...(options.needs === undefined ? [] : [options.needs]));
  void test(title, { skip, timeout: 180_000 }, async (t) => {
    const api = new Api(await startKinetic(t, { args: ["--sample"] }));
    await eventually("the sample's image", async () => assert.match(api.kinetic.output, /from zero in/));
    await options.prepare?.(api);
    for (const [name, run] of Object.entries(rows)) await t.test(name, () => run(api));
  });
}

/** A Service of the sample's image that starts nothing before its first request. */
export function knativeService(name: string, target = "World"): Json {
  const container = { image: "kinetic.local/hello", env: [{ name: "TARGET", value: target }] };
  const metadata = { annotations: { "autoscaling.knative.dev/initial-scale": "0" } };
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name },
    spec: { template: { metadata, spec: { containers: [container] } } },
  };
}

export function names(objects: readonly KubeObject[]): string[] {
  return objects.map(({ metadata }) => metadata.name ?? "");
}
