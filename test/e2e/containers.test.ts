/** Containers of a whole platform: what a SIGKILL leaves is gone after the next start, and nothing is left after a stop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, skipOci, tracesOf } from "../../src/control/node/drivers/oci/fixtures/oci-world.ts";
import { requires } from "../../src/testing/requirements.ts";
import { ANY_PORTS, eventually, startKinetic, temporaryFolder, type Kinetic } from "./harness.ts";
import { buildProgram, sampleProgram } from "./images.ts";

const skip = skipOci === false ? requires("kubectl") : skipOci;

async function runs(platform: Kinetic): Promise<void> {
  await eventually("the pod runs", async () => {
    assert.match(await platform.kubectlOk(["get", "pod", "one", "-o", "wide"]), /^one +1\/1 +Running +\d.* (?!127\.)\d+\.\d+\.\d+\.\d+ /m);
  });
}

test("containers: a killed platform's are swept at the next start; a stop leaves nothing", { skip, timeout: 120_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const name = nameOf(dataDir);
  const first = await startKinetic(t, { dataDir, args: ["--profile", "conformant", ...ANY_PORTS] });
  const image = await buildProgram(dataDir, "one", await sampleProgram());
  await first.kubectlOk(["run", "one", `--image=${image}`]);
  await runs(first);
  await first.stop("SIGKILL");
  assert.notDeepEqual(tracesOf(name), []);
  const second = await startKinetic(t, { dataDir, args: ["--profile", "conformant"] });
  await runs(second);
  assert.equal(tracesOf(name).filter((line) => line.startsWith("/sys/fs/cgroup/pids/")).length, 1);
  await second.stop();
  assert.deepEqual(tracesOf(name), []);
});
