import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Pod } from "../../api/k8s/types.generated.ts";
import { PORTS_ANNOTATION } from "../../api/names/kinetic.ts";
import { requires } from "../../testing/requirements.ts";
import { isReady, startAgent } from "./fixtures/agent-world.ts";
import { eventually, makePod, SERVER } from "./fixtures/fixtures.ts";

const state = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state;

test("a program that floods its log is slowed down; the disk and its neighbour are not harmed", async () => {
  const flood = `
    const line = "x".repeat(1000) + "\\n";
    const on = () => { while (process.stdout.write(line)); process.stdout.once("drain", on); };
    on();`;
  await using under = await startAgent({ scripts: { flood } });
  under.world.put(makePod({ image: "image:flood", ports: [], readinessProbe: undefined }, {}, { name: "flood", uid: "u-flood" }));
  const folder = join(under.folder, "logs", "u-flood", "main");
  const size = async () => {
    const names = await readdir(folder).catch(() => []);
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(folder, name)).then(
          (entry) => entry.size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, one) => sum + one, 0);
  };
  await eventually("the burst is used up", async () => (await size()) > 15e6);
  under.world.put(makePod({}, {}, { name: "neighbour" }));
  const neighbour = await under.until("neighbour", "ready", isReady);
  const ports = JSON.parse(neighbour.metadata.annotations?.[PORTS_ANNOTATION] ?? "{}") as Record<string, number>;
  const answer = await fetch(`http://127.0.0.1:${ports["8080"]}/`, { headers: { connection: "close" } });
  assert.match(await answer.text(), /^\d+ 1$/, "the neighbour answers");
  assert.ok((await size()) < 30e6, "it is slowed down");
});

test("a failing liveness probe restarts the container", async () => {
  await using under = await startAgent();
  const livenessProbe = { httpGet: { path: "/", port: 9 }, periodSeconds: 1, failureThreshold: 1 };
  under.world.put(makePod({ livenessProbe }, {}, { name: "ill" }));
  const pod = await under.until("ill", "restarted", (found) => (found.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  assert.ok(pod.status?.containerStatuses?.[0]?.lastState?.terminated);
  assert.ok(under.world.events.includes("Normal Killing Container main failed liveness probe, will be restarted"));
});

test("after a restart of the platform a Pod runs again, and its status tells why", async () => {
  const running = { running: { startedAt: "2025-01-01T00:00:00Z" } };
  const status = { name: "main", state: running, ready: true, restartCount: 2, image: "i", imageID: "i", containerID: "process://old" };
  const pod: Pod = { ...makePod({}, {}, { name: "again" }), status: { phase: "Running", containerStatuses: [status] } };
  await using under = await startAgent({ objects: [pod] });
  const found = await under.until("again", "ready again", (one) => isReady(one) && one.status?.containerStatuses?.[0]?.restartCount === 3);
  const last = found.status?.containerStatuses?.[0]?.lastState?.terminated;
  assert.deepEqual([last?.exitCode, last?.message, last?.containerID], [137, "the platform was restarted", "process://old"]);
});

test("when the spawner is lost, its containers are restarted by a new one", { skip: requires("linux") }, async () => {
  await using under = await startAgent({ scripts: { tell: `${SERVER}\nconsole.log("parent", process.ppid);` } });
  under.world.put(makePod({ image: "image:tell" }, {}, { name: "tell" }));
  await under.until("tell", "ready", isReady);
  const log = () => under.agent.podLogs({ namespace: "default", name: "tell" }, new URLSearchParams()).text();
  const spawner = await eventually("the parent", async () => /parent (\d+)/.exec(await log()) ?? undefined);
  process.kill(Number(spawner[1]), "SIGKILL");
  await under.until("tell", "restarted", (pod) => isReady(pod) && pod.status?.containerStatuses?.[0]?.restartCount === 1);
});

test("a Pod that is deleted before it starts leaves nothing behind", async () => {
  await using under = await startAgent();
  under.world.put(makePod({ image: "image:none" }, {}, { name: "early" }));
  await under.until("early", "waits", (pod) => state(pod)?.waiting !== undefined);
  under.remove("early");
  await eventually("the object is gone", () => under.pod("early") === undefined);
  await eventually("the worker is gone", () => under.agent.stats().pods === 0);
  assert.deepEqual(await readdir(join(under.folder, "sandboxes")), []);
});

test("Pods that are refused take no boot slot from others", async () => {
  await using under = await startAgent({ options: { bootLimit: 1 } });
  under.world.put(makePod({ securityContext: { privileged: true } }, {}, { name: "refused" }));
  await under.until("refused", "the reason", (pod) => state(pod)?.waiting?.reason === "DriverUnsupported");
  under.world.put(makePod({}, {}, { name: "good" }));
  await under.until("good", "ready", isReady);
});

test("a stopping platform does not wait for a gateway that never answers: SIGTERM comes in time", async () => {
  const drained = (_uid: string, signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const polite = `process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); console.log("up"); setInterval(() => {}, 1000);`;
  await using under = await startAgent({ scripts: { polite }, options: { drainGate: { drained } } });
  under.world.put(makePod({ image: "image:polite", ports: [], readinessProbe: undefined }, {}, { name: "polite" }));
  await under.until("polite", "running", isReady);
  const query = () => new URLSearchParams("follow=true");
  const log = under.agent.podLogs({ namespace: "default", name: "polite" }, query());
  await eventually(
    "it is up",
    async () => (await under.agent.podLogs({ namespace: "default", name: "polite" }, new URLSearchParams()).text()) === "up\n",
  );
  const text = log.text();
  await under.agent.stop(1000);
  assert.equal(await text, "up\nbye\n");
});
