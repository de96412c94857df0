/** Programs that fail in every way: what the platform says about them, and that a neighbour does not notice. */
import assert from "node:assert/strict";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { eventually, startKinetic, type Kinetic } from "./harness.ts";
import { buildProgram, sampleProgram } from "./images.ts";
import { sandboxesOf } from "./machine.ts";

/** What "within seconds" means on a machine that runs other tests too. */
const SECONDS = 12_000;

const serve = 'createServer((_, answer) => answer.end("ok\\n")).listen(Number(process.env.PORT));';
const PROGRAMS = {
  exits: 'console.error("no database: DATABASE_URL is not set"); process.exit(3);',
  silent: "setInterval(() => {}, 1000);",
  elsewhere: 'createServer((_, answer) => answer.end("ok\\n")).listen(0, "127.0.0.1");',
  stubborn: `process.on("SIGTERM", () => console.log("I stay")); ${serve}`,
  flood: `${serve} const line = "x".repeat(4000) + "\\n";
    (function go() { while (process.stdout.write(line)); process.stdout.once("drain", go); })();`,
  hungry: `${serve} const kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 50);`,
};
type Program = keyof typeof PROGRAMS;

interface Settings {
  readonly container?: object;
  readonly template?: object;
}

/** A Service with one instance from the start. */
async function deploy(platform: Kinetic, name: Program, { container, template }: Settings = {}): Promise<void> {
  const image = await buildProgram(platform.dataDir, name, `import { createServer } from "node:http"; ${PROGRAMS[name]}`);
  await apply(platform, name, { containers: [{ image, ...container }], ...template });
}

async function apply(platform: Kinetic, name: string, spec: object): Promise<void> {
  const metadata = { annotations: { "autoscaling.knative.dev/min-scale": "1" } };
  const service = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name }, spec: { template: { metadata, spec } } };
  await platform.kubectlOk(["apply", "-f", "-"], JSON.stringify(service));
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** `False/RevisionFailed: the message` of a condition of the Service. */
async function condition(platform: Kinetic, service: string, type: string): Promise<string> {
  const text = await platform.kubectlOk(["get", "ksvc", service, "-o", "jsonpath={.status.conditions}"]);
  const found = (JSON.parse(text === "" ? "[]" : text) as Condition[]).find((one) => one.type === type);
  return `${found?.status ?? "absent"}/${found?.reason ?? ""}: ${found?.message ?? ""}`;
}

const podsOf = (service: string) => ["-l", `serving.knative.dev/service=${service}`];

/** Asks the neighbour all the time; ends with what it answered wrongly. */
function watchNeighbour(platform: Kinetic): { stop(): Promise<{ asked: number; wrong: string[] }> } {
  const stopped = new AbortController();
  const wrong: string[] = [];
  let asked = 0;
  const asking = (async () => {
    while (!stopped.signal.aborted) {
      asked += 1;
      const answer = await platform.get("neighbour.default.localhost").catch((error: Error) => error);
      if (answer instanceof Error) wrong.push(answer.message);
      else if (answer.status !== 200) wrong.push(`${answer.status} ${answer.body}`);
      await sleep(10);
    }
  })();
  return { stop: () => (stopped.abort(), asking.then(() => ({ asked, wrong }))) };
}

test(
  "failing programs say what is wrong, and a neighbour answers all the time",
  { skip: requires("kubectl", "linux"), timeout: 240_000 },
  async (t) => {
    const platform = await startKinetic(t);
    await apply(platform, "neighbour", {
      containers: [{ image: await buildProgram(platform.dataDir, "neighbour", await sampleProgram()) }],
    });
    await platform.kubectlOk(["wait", "ksvc/neighbour", "--for=condition=Ready", "--timeout=30s"]);
    const neighbour = watchNeighbour(platform);
    await checkPrograms(t, platform);
    await t.test("the neighbour answered every request", async () => {
      const { asked, wrong } = await neighbour.stop();
      assert.deepEqual(wrong, []);
      assert.ok(asked > 100, `only ${asked} requests`);
    });
  },
);

async function checkPrograms(t: TestContext, platform: Kinetic): Promise<void> {
  await t.test("a program that exits at once: the condition has the end of its log", async () => {
    await deploy(platform, "exits");
    await eventually("Ready is False", async () => assert.match(await condition(platform, "exits", "Ready"), /^False\//), SECONDS);
    assert.match(
      await condition(platform, "exits", "ConfigurationsReady"),
      /^False\/RevisionFailed: .*Container failed with: no database: DATABASE_URL/,
    );
    assert.match(await platform.kubectlOk(["get", "ksvc", "exits"]), /exits +http:\S+ +exits-00001 +False +\w+/);
    await eventually(
      "the pod is in CrashLoopBackOff",
      async () => {
        assert.match(await platform.kubectlOk(["get", "pods", ...podsOf("exits")]), /CrashLoopBackOff/);
      },
      SECONDS,
    );
    assert.match(
      await platform.kubectlOk(["describe", "pods", ...podsOf("exits")]),
      /Exit Code: +3\n[^]*BackOff .*Back-off restarting failed container/,
    );
  });

  await t.test("a program that never listens: the condition says so before any deadline", async () => {
    await deploy(platform, "silent");
    const says =
      /dial tcp 127\.0\.0\.1:\d+: connect: connection refused \(the program listens on no port; it is expected on \d+, see PORT\)/;
    await eventually(
      "the pod says so",
      async () => {
        assert.match(
          await platform.kubectlOk(["describe", "pods", ...podsOf("silent")]),
          new RegExp(`Unhealthy .*Readiness probe failed: ${says.source}`),
        );
      },
      SECONDS,
    );
    await eventually(
      "the Service says so",
      async () => assert.match(await condition(platform, "silent", "ConfigurationsReady"), says),
      SECONDS,
    );
  });

  await t.test("a program that ignores PORT: the condition names both ports", async () => {
    await deploy(platform, "elsewhere");
    const says = /ListensOnOtherPort: \d+, expected \d+/;
    await eventually(
      "the Service says so",
      async () => assert.match(await condition(platform, "elsewhere", "ConfigurationsReady"), says),
      SECONDS,
    );
    assert.match(await platform.kubectlOk(["describe", "pods", ...podsOf("elsewhere")]), new RegExp(`Unhealthy .*${says.source}`));
  });

  await t.test("a program that uses too much memory is OOMKilled, and the condition says so", async () => {
    await deploy(platform, "hungry", { container: { resources: { limits: { memory: "200Mi" } } } });
    await eventually(
      "the Service says so",
      async () => assert.match(await condition(platform, "hungry", "Ready"), /^False\/.*OOMKilled/),
      SECONDS,
    );
    assert.match(await platform.kubectlOk(["describe", "pods", ...podsOf("hungry")]), /Reason: +OOMKilled\n +Exit Code: +137/);
    await platform.kubectlOk(["delete", "ksvc", "hungry"]);
  });

  await t.test("a wrong image: Ready is False with a reason within seconds", async () => {
    await apply(platform, "wrong", { containers: [{ image: "kinetic.local/nobody-built-this" }] });
    await eventually("Ready is False", async () => assert.match(await condition(platform, "wrong", "Ready"), /^False\/\w+: ./), SECONDS);
    const says = /Unable to fetch image "kinetic\.local\/nobody-built-this": .*not found in the image store of this platform/;
    assert.match(await condition(platform, "wrong", "ConfigurationsReady"), says);
    assert.match(await platform.kubectlOk(["describe", "ksvc", "wrong"]), says);
  });

  await t.test("a program that floods its log: the log on disk has a limit and can be read", async () => {
    await deploy(platform, "flood");
    await platform.kubectlOk(["wait", "ksvc/flood", "--for=condition=Ready", "--timeout=30s"]);
    const line = await platform.kubectlOk(["logs", ...podsOf("flood"), "--tail=1"]);
    assert.match(line, /^x{4000}\n$/);
    await sleep(3000);
    const bytes = await bytesUnder(join(platform.dataDir, "pods"));
    assert.ok(bytes < 200e6, `${bytes} bytes of logs`);
    await platform.kubectlOk(["delete", "ksvc", "flood"]);
  });

  await t.test("a program that ignores SIGTERM is killed when its grace is over, and that is said", async () => {
    await deploy(platform, "stubborn", { template: { timeoutSeconds: 1 } });
    await platform.kubectlOk(["wait", "ksvc/stubborn", "--for=condition=Ready", "--timeout=30s"]);
    const [pid] = await pidsOf(platform, "stubborn");
    assert.ok(pid !== undefined, "it runs");
    await platform.kubectlOk(["delete", "ksvc", "stubborn"]);
    await eventually("it is gone", async () => assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }), SECONDS);
    assert.match(await platform.kubectlOk(["get", "events"]), /Normal +Killing +pod\/stubborn-.*Stopping container user-container/);
    assert.match(
      await platform.kubectlOk(["get", "events"]),
      /Warning +ExceededGracePeriod +pod\/stubborn-.* did not end within its grace period and was killed/,
    );
  });
}

async function pidsOf(platform: Kinetic, service: string): Promise<number[]> {
  const pod = await platform.kubectlOk([
    "get",
    "pods",
    ...podsOf(service),
    "-o",
    "jsonpath={.items[0].metadata.uid} {.items[0].metadata.name}",
  ]);
  const [uid = "", name = ""] = pod.split(" ");
  return (await sandboxesOf(platform.dataDir))
    .filter((sandbox) => [uid, name].some((id) => sandbox.pod.includes(id)))
    .map(({ pid }) => pid);
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const found = await lstat(join(entry.parentPath, entry.name)).catch(() => undefined); // rotated away meanwhile
    bytes += found?.size ?? 0;
  }
  return bytes;
}
