/** The demo with an image that ko built, in containers: from zero under load and back, and a sidecar in the same pod. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { LoadReport } from "../../src/cli/kinetic/load/summary.ts";
import { nameOf, skipGo, tracesOf } from "../../src/control/node/drivers/oci/fixtures/oci-world.ts";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";
import { koImage } from "./ko-demo-image.ts";

const skip = skipGo === false ? requires("kubectl") : skipGo;
const PODS = 20;
const podsOf = (name: string) => ["get", "pods", "-l", `serving.knative.dev/service=${name}`, "-o", "name"];

async function untilZero(platform: Kinetic, name: string): Promise<void> {
  await eventually("no pod is there", async () => assert.equal(await platform.kubectlOk(podsOf(name)), ""), 90_000);
}

/** `kinetic load` on 50 connections for a few seconds. */
async function load(platform: Kinetic, host: string): Promise<LoadReport> {
  const url = `${platform.running.gateway}/?sleep=100`;
  const ran = await platform.kinetic(["load", url, "--host", host, "-c", "50", "-d", "6s", "--json"]);
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout) as LoadReport;
}

test("ko demo: from zero under load without an error, back to zero, and nothing is left", { skip, timeout: 300_000 }, async (t) => {
  const platform = await startKinetic(t);
  const source = await readFile(join(import.meta.dirname, "../../bench/backend/hello.go"), "utf8");
  const image = await koImage({ registry: platform.running.registry, name: "demo", source });
  const scale = ["--scale-target", "1", "--scale-max", `${PODS}`, "--scale-window", "6s", "--scale-init", "1"];
  const created = await platform.kn(["service", "create", "demo", "--image", image, ...scale]);
  assert.equal(created.code, 0, created.stderr);
  await untilZero(platform, "demo");

  const loading = load(platform, "demo.default.localhost");
  const addresses = [...podsOf("demo").slice(0, -1), "jsonpath={.items[?(@.status.phase=='Running')].status.podIP}"];
  await eventually("the pods run in containers, each at an address of its own", async () => {
    const found = (await platform.kubectlOk(addresses)).split(" ").filter((address) => address !== "" && !address.startsWith("127."));
    assert.ok(new Set(found).size >= PODS / 2, `${found.length} pods`);
  });
  const report = await loading;
  assert.deepEqual(Object.keys(report.statuses), ["200"]);
  assert.deepEqual(report.errors, {});
  assert.ok(report.requests > 500, `${report.requests} requests`);
  t.diagnostic(`${Math.round(report.requestsPerSec)}/s, slowest ${report.slowestSecs} s`);
  await untilZero(platform, "demo");
  assert.equal((await platform.get("demo.default.localhost")).status, 200);
  assert.notDeepEqual(tracesOf(nameOf(platform.dataDir)), []);
  assert.equal(await platform.stop(), 0);
  assert.deepEqual(tracesOf(nameOf(platform.dataDir)), []);
});

/** With LISTEN the one beside, else the one that asks it. */
const PAIR = `package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	if listen := os.Getenv("LISTEN"); listen != "" {
		http.ListenAndServe(listen, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "beside") }))
		return
	}
	http.ListenAndServe(":"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer, err := http.Get("http://localhost:9090/")
		if err != nil {
			http.Error(w, err.Error(), 502)
			return
		}
		defer answer.Body.Close()
		io.Copy(w, answer.Body)
	}))
}
`;

test("ko demo: a Service of two containers has both in one pod, the sidecar on localhost", { skip, timeout: 180_000 }, async (t) => {
  const platform = await startKinetic(t);
  const image = await koImage({ registry: platform.running.registry, name: "pair", source: PAIR });
  const containers = [
    { name: "user", image, ports: [{ containerPort: 8080 }] },
    { name: "side", image, env: [{ name: "LISTEN", value: "127.0.0.1:9090" }] },
  ];
  const metadata = { name: "pair" };
  const service = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata, spec: { template: { spec: { containers } } } };
  await platform.kubectlOk(["apply", "-f", "-"], JSON.stringify(service));
  await platform.kubectlOk(["wait", "--for=condition=Ready", "ksvc/pair", "--timeout=60s"]);
  await eventually("the sidecar answers through the other", async () => {
    const { status, body } = await platform.get("pair.default.localhost");
    assert.deepEqual([status, body], [200, "beside"]);
  });
  const names = 'jsonpath={range .items[*]}{.status.containerStatuses[*].name}{"\\n"}{end}';
  const selector = "serving.knative.dev/service=pair";
  assert.equal(await platform.kubectlOk(["get", "pods", "-l", selector, "-o", names]), "side user\n");
  const path = "jsonpath={.status.containerStatuses[*].imageDigest}";
  const digests = (await platform.kubectlOk(["get", "revision", "pair-00001", "-o", path])).split(" ");
  const images = "jsonpath={.spec.template.spec.containers[*].image}";
  assert.deepEqual((await platform.kubectlOk(["get", "deployment", "pair-00001-deployment", "-o", images])).split(" "), digests);
  for (const digest of digests) assert.match(digest, /\/apps\/pair@sha256:[0-9a-f]{64}$/);
});
