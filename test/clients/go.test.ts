/** Programs written with client-go and with controller-runtime, against a real platform. Their tests are in `go/`. */
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { startKinetic, type Kinetic } from "../e2e/harness.ts";
import { buildProgram } from "../e2e/images.ts";
import { goClient } from "./built.ts";
import { runReported } from "./reported.ts";

const skip = requires("go", "linux");
const TALKER = `import { createServer } from "node:http"; console.log("I am here");
  createServer((_, answer) => answer.end("ok\\n")).listen(Number(process.env.PORT));`;

async function platformOf(t: TestContext): Promise<Kinetic> {
  const platform = await startKinetic(t, { args: ["--sample"] });
  await buildProgram(platform.dataDir, "talker", TALKER);
  return platform;
}

test("client-go", { skip, timeout: 900_000 }, async (t) => {
  const path = await goClient("clientgo");
  const { env } = await platformOf(t);
  await runReported(t, { path, args: ["-test.v", "-test.timeout=200s"], env, atLeast: 30 });
});

test("controller-runtime", { skip, timeout: 900_000 }, async (t) => {
  const path = await goClient("runtime");
  const { env } = await platformOf(t);
  await runReported(t, { path, args: ["-test.v", "-test.timeout=200s"], env, atLeast: 3 });
});
