/** Requests that arrive at zero for programs that cannot start: the answer says why, long before any timeout. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, temporaryFolder, type Answer, type Kinetic } from "./harness.ts";
import { buildProgram } from "./images.ts";

/** Far below the 300 s that a request may take, on a machine that runs other tests too. */
const SOON_MS = 30_000;

/** A Service without instances. */
async function deployAtZero(platform: Kinetic, name: string, container: object, annotations: Record<string, string> = {}): Promise<void> {
  const metadata = { annotations: { "autoscaling.knative.dev/initial-scale": "0", ...annotations } };
  const spec = { template: { metadata, spec: { containers: [container] } } };
  const service = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name }, spec };
  await platform.kubectlOk(["apply", "-f", "-"], JSON.stringify(service));
  await platform.kubectlOk(["wait", `ksvc/${name}`, "--for=condition=Ready", "--timeout=30s"]);
}

const ask = (platform: Kinetic, name: string) => platform.get(`${name}.default.localhost`, "/", { "x-request-id": "id-7" });

function assertRefused(answer: Answer, says: RegExp): void {
  assert.equal(answer.status, 503, answer.body);
  assert.match(answer.body, says);
  assert.equal(answer.headers["kinetic-error"], "gateway; reason=RevisionFailed; request-id=id-7");
  assert.ok(answer.ms < SOON_MS, `${answer.ms} ms`);
}

test(
  "requests at zero for programs that cannot start are answered with the cause",
  { skip: requires("kubectl", "linux"), timeout: 240_000 },
  async (t) => {
    const platform = await startKinetic(t);
    await checkCrash(t, platform);
    await checkRestart(t, platform);
    await t.test("an image that is missing", async () => {
      await deployAtZero(platform, "absent", { image: "dev.local/nobody-built-this" });
      assertRefused(await ask(platform, "absent"), /^Revision failed to start: \w*Image\w*: ./);
    });
    await t.test("a program that never listens", async () => {
      const image = await buildProgram(platform.dataDir, "mute", "setInterval(() => {}, 1000);");
      await deployAtZero(platform, "mute", { image }, { "serving.knative.dev/progress-deadline": "5s" });
      assertRefused(
        await ask(platform, "mute"),
        /^Revision failed to start: NotReady: not ready 5 s after its start: .*listens on no port/,
      );
    });
  },
);

async function checkCrash(t: TestContext, platform: Kinetic): Promise<void> {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o755); // instances run as a user of their own
  const database = join(folder, "database");
  const source = `import { existsSync } from "node:fs"; import { createServer } from "node:http";
    if (!existsSync(process.env.DATABASE)) { console.error("no database"); process.exit(3); }
    createServer((_, answer) => answer.end("ok\\n")).listen(Number(process.env.PORT));`;
  const image = await buildProgram(platform.dataDir, "crashes", source);
  const says = /^Revision failed to start: CrashLoopBackOff: Container failed with: no database/;

  await t.test("a program that exits: everything that waits hears of it", async () => {
    await deployAtZero(platform, "crashes", { image, env: [{ name: "DATABASE", value: database }] });
    const answers = await Promise.all([1, 2, 3].map(() => ask(platform, "crashes")));
    for (const answer of answers) assertRefused(answer, says);
    const again = await ask(platform, "crashes");
    assertRefused(again, says);
    assert.ok(again.ms < 5_000, `what is known is answered at once, not after ${again.ms} ms`);
  });

  await t.test("a program that recovers serves again", async () => {
    await writeFile(database, "");
    await eventually("it serves", async () => assert.equal((await ask(platform, "crashes")).status, 200), 60_000);
    assert.match(await platform.kubectlOk(["get", "revision", "crashes-00001"]), /True/);
  });
}

/** The status that a request gets which ends its program. No GET: that one may be sent a second time. */
async function crash(platform: Kinetic): Promise<number | undefined> {
  const sent = request(`${platform.running.gateway}/crash`, {
    method: "POST",
    agent: false,
    headers: { host: "fragile.default.localhost" },
  });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

async function checkRestart(t: TestContext, platform: Kinetic): Promise<void> {
  const source = `import { createServer } from "node:http";
    createServer((request, answer) => request.url === "/crash" ? process.exit(1) : answer.end("ok\\n")).listen(Number(process.env.PORT));`;
  const image = await buildProgram(platform.dataDir, "fragile", source);
  await deployAtZero(platform, "fragile", { image });
  await t.test("a program that has served and crashes: requests wait for its restart, also for one with a back-off", async () => {
    for (const restart of ["at once", "after 10 s"]) {
      assert.equal((await ask(platform, "fragile")).status, 200);
      await sleep(2_100); // a pod tells in whole seconds when it was ready
      assert.equal(await crash(platform), 502);
      const answer = await ask(platform, "fragile");
      assert.equal(answer.status, 200, `restart ${restart}: ${answer.body}`);
    }
    assert.match(await platform.kubectlOk(["get", "pods", "-l", "serving.knative.dev/service=fragile"]), / 2 \(/, "two restarts");
  });
}
