/** A program written with Python's `kubernetes`, against a real platform. Its tests are in `python/client.py`. */
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { startKinetic } from "../e2e/harness.ts";
import { pythonClient } from "./built.ts";
import { runReported } from "./reported.ts";

test("Python's kubernetes", { skip: requires("python", "linux"), timeout: 900_000 }, async (t) => {
  const path = await pythonClient();
  const { env } = await startKinetic(t, { args: ["--sample"] });
  await runReported(t, { path, args: [join(import.meta.dirname, "python/client.py")], env, atLeast: 8 });
});
