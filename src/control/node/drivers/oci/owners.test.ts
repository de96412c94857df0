import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../../../testing/requirements.ts";
import { openFolder } from "../../fixtures/fixtures.ts";
import { abandonedNames, claimName, releaseName } from "./owners.ts";

test("names are abandoned when their process is gone or its number is somebody else's", { skip: requires("linux") }, async () => {
  await using folder = await openFolder();
  const claim = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await claimName("kn000001", folder.path);
  await claim("kn000002", "999999999 5");
  await claim("kn000003", `${process.pid} 1`);
  await claim("other", "");
  assert.deepEqual((await abandonedNames(folder.path)).toSorted(), ["kn000002", "kn000003"]);
  await releaseName("kn000002", folder.path);
  assert.deepEqual(await abandonedNames(folder.path), ["kn000003"]);
  assert.deepEqual(await abandonedNames(join(folder.path, "none")), []);
});
