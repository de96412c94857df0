import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { KnativeService } from "../../../api/serving/service.ts";
import { runScripted, type Script } from "../fixtures/scripted.ts";

const SERVICES = "/apis/serving.knative.dev/v1/namespaces/kn/services";
const CREATED: Script = { [`POST ${SERVICES}`]: [{ body: {} }] };
const SIDECAR = "containers:\n- name: side\n  image: s:1\n";

async function created(args: readonly string[], stdin?: string) {
  const all = ["service", "create", "a", "--image", "i", "--no-wait", ...args];
  const ran = await runScripted(all, CREATED, stdin === undefined ? {} : { stdin });
  return { ...ran, spec: (ran.bodies[0] as KnativeService | undefined)?.spec };
}

test("--containers reads a PodSpec from a file or from standard input", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "kn-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "c.yaml");
  await writeFile(file, SIDECAR);
  for (const ran of [await created(["--containers", file]), await created(["--containers", "-"], SIDECAR)]) {
    assert.deepEqual(
      ran.spec?.template.spec.containers.map(({ image }) => image),
      ["i", "s:1"],
      ran.stderr,
    );
  }
  assert.match((await created(["--containers", `${file}x`])).stderr, /^Error: open .*x: no such file or directory\n/);
  assert.match((await created(["--containers", "-"], "a: b")).stderr, /^Error: standard input does not hold a PodSpec/);
});

test("flags of old are taken but not shown, and refused beside their successors", async () => {
  const ran = await created(["--autoscale-window", "20s", "--concurrency-target", "7", "--concurrency-utilization", "60"]);
  const annotations = ran.spec?.template.metadata?.annotations ?? {};
  assert.equal(annotations["autoscaling.knative.dev/window"], "20s", ran.stderr);
  assert.equal(annotations["autoscaling.knative.dev/target"], "7");
  assert.equal(annotations["autoscaling.knative.dev/target-utilization-percentage"], "60");
  const help = await runScripted(["service", "create", "--help"]);
  assert.doesNotMatch(help.stdout, /autoscale-window|concurrency-target|concurrency-utilization|extra-containers/);
  const both = await created(["--autoscale-window", "20s", "--scale-window", "30s"]);
  assert.match(both.stderr, /^Error: only --scale-window or --autoscale-window can be specified\n/);
});

test("--image is given once", async () => {
  const ran = await created(["--image", "j"]);
  assert.match(ran.stderr, /^Error: invalid argument "j" for "--image" flag: can be provided only once for 'kn service create'\n/);
});
