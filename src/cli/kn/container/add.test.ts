import assert from "node:assert/strict";
import { test } from "node:test";
import { runScripted } from "../fixtures/scripted.ts";

test("container add prints a PodSpec, and adds to the one of --containers", async () => {
  const first = await runScripted(["container", "add", "side", "--image", "s:1", "--env", "A=b", "--mount", "/m=cm:c"]);
  assert.match(
    first.stdout,
    /^containers:\n- env:\n {2}- name: A\n {4}value: b\n {2}image: s:1\n {2}name: side\n {2}resources: \{\}\n {2}volumeMounts:\n/,
    first.stderr,
  );
  assert.match(first.stdout, /^volumes:\n- configMap:\n {4}name: c\n {2}name: m-[0-9a-f]{8}\n$/m);
  const both = await runScripted(["container", "add", "next", "--image", "n:1", "--containers", "-"], {}, { stdin: first.stdout });
  assert.deepEqual(
    [...both.stdout.matchAll(/^ {2}name: (\w+)$/gm)].map((match) => match[1]),
    ["next", "side"],
  );
  assert.deepEqual(both.calls, []);
});

test("container add needs a name and an image", async () => {
  const said = async (...args: string[]) => (await runScripted(["container", "add", ...args])).stderr.split("\n")[0];
  assert.equal(await said("--image", "i"), "Error: 'container add' requires the container name given as single argument");
  assert.equal(await said("side"), "Error: 'container add' requires the image name to run provided with the --image option");
  assert.match((await said("side", "--image", "i", "--volume", "x=cm:y")) ?? "", /^Error: unknown flag: --volume/);
});
