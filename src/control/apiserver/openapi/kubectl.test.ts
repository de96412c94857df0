/** What the real kubectl makes of our documents, from a server that has nothing but them and discovery. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { builtinDefinitions } from "../../../api/k8s/definitions.ts";
import { allKinds } from "../../../api/kinds.ts";
import type { Definitions } from "../../../api/meta/schema.ts";
import { systemClock } from "../../../std/clock.ts";
import { groupDocument, groupsOf, resourceList } from "../discovery/documents.ts";
import { openApiHandler } from "./handler.ts";

const definitions: Definitions = Object.assign({}, builtinDefinitions, ...allKinds.map((kind) => kind.definitions ?? {}));
const openApi = openApiHandler({ kinds: () => allKinds, definitions }, systemClock);
const run = promisify(execFile);

function discovery(path: string): object | undefined {
  const groups = groupsOf(allKinds);
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const list = groups.map(({ name, versions }) => groupDocument(name, versions));
    return { kind: "APIGroupList", apiVersion: "v1", groups: list };
  }
  const [, group = "", version = ""] = /^\/apis\/([^/]+)\/([^/]+)$/.exec(path) ?? ["", "", /^\/api\/([^/]+)$/.exec(path)?.[1]];
  return version === "" ? undefined : resourceList(group, version, allKinds);
}

async function answer(message: IncomingMessage): Promise<Response> {
  const url = new URL(message.url ?? "/", `http://${message.headers.host}`);
  const response = await openApi(new Request(url, { headers: { accept: message.headers.accept ?? "*/*" } }));
  const document = response === undefined ? discovery(url.pathname) : undefined;
  return response ?? (document === undefined ? new Response("404 page not found\n", { status: 404 }) : Response.json(document));
}

const server = createServer((message, out) => {
  void answer(message).then(async (response) => {
    out.writeHead(response.status, Object.fromEntries(response.headers));
    out.end(new Uint8Array(await response.arrayBuffer()));
  });
});

function missing(): string | false {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return false;
  } catch {
    return "kubectl is not installed";
  }
}

describe("kubectl explain", { skip: missing() }, () => {
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function explain(...words: readonly string[]): Promise<string> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = [`--server=${url}`, `--cache-dir=${folder}`, "--kubeconfig=/dev/null"];
    const { stdout } = await run("kubectl", ["explain", ...words, ...connection]);
    return stdout;
  }

  it("shows fields of a built-in kind", async () => {
    const text = await explain("pods.spec");
    assert.match(text, /^KIND: +Pod\nVERSION: +v1\n\nFIELD: spec <PodSpec>/);
    assert.match(text, /\n {2}containers\t<\[\]Container> -required-\n/);
  });

  it("shows a tree of fields", async () => {
    const text = await explain("deployments.spec.strategy", "--recursive");
    assert.match(text, /rollingUpdate\t<RollingUpdateDeployment>\n {4}maxSurge\t<IntOrString>\n/);
  });

  it("shows fields of a Knative kind by its short name", async () => {
    const text = await explain("ksvc.spec");
    assert.match(text, /^GROUP: +serving.knative.dev\nKIND: +Service\nVERSION: +v1\n/);
    assert.match(text, /\n {2}template\t<Object>/);
  });

  it("tells what a kind, a type and a field are", async () => {
    const text = await explain("pod.spec.containers");
    assert.match(
      text,
      /^FIELD: containers <\[\]Container>\n\n\n?DESCRIPTION:\n {4}What runs, at least one\. .*\n {4}One program of a Pod\.$/ms,
    );
    assert.match(text, /^ {2}livenessProbe\t<Probe>\n {4}Restarts the container when it fails\./m);
    assert.match(await explain("deployment"), /^DESCRIPTION:\n {4}Keeps a number of equal Pods running/m);
  });

  it("tells the same of types inside Knative kinds, and what differs there", async () => {
    const spec = await explain("ksvc.spec.template.spec");
    assert.match(spec, /^ {2}containerConcurrency\t<integer>\n {4}How many requests an instance works on at once/m);
    assert.match(spec, /^ {2}affinity\t<Object>\n(?: {4}.*\n)* {4}.*kubernetes\.podspec-affinity/m);
    assert.match(await explain("ksvc.spec.template.spec.containers.readinessProbe.httpGet.path"), /^ {4}Path and query\. Default \/\.$/m);
    assert.match(await explain("rev.status.conditions.severity"), /^ {4}Empty: counts for Ready\./m);
  });
});
