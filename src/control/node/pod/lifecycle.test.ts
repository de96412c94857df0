import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import { isReady, startAgent, type AgentUnderTest } from "../fixtures/agent-world.ts";
import { eventually, makePod, SERVER } from "../fixtures/fixtures.ts";

const status = (pod: Pod) => pod.status?.containerStatuses?.[0];

async function log(under: AgentUnderTest, name: string): Promise<string> {
  return under.agent.podLogs({ namespace: "default", name }, new URLSearchParams()).text();
}

/** `hook CODE` is a hook that exits with that code; without arguments it is a server that logs what it is asked. */
const hooked = `
import { createServer } from "node:http";
if (process.argv[2] === "hook") process.exit(Number(process.argv[3]));
const server = createServer((request, response) => {
  console.log("asked", request.url);
  response.statusCode = Number(process.env.STATUS ?? 200);
  response.end("ok");
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("listening"));
process.on("SIGTERM", () => { console.log("term"); process.exit(0); });`;

const hook = (exitCode: number) => ({ exec: { command: ["node", "app/main.mjs", "hook", String(exitCode)] } });

test("postStart: until the hook has ended the container counts as starting and is not probed", async () => {
  const gate = `
    import { existsSync } from "node:fs";
    if (process.argv[2] === "hook") {
      while (!existsSync(process.env.GATE)) await new Promise((resolve) => setTimeout(resolve, 5));
      process.exit(0);
    }
    ${SERVER}`;
  await using under = await startAgent({ scripts: { gate } });
  const gatePath = `${under.folder}/gate`;
  const container = { image: "image:gate", env: [{ name: "GATE", value: gatePath }], lifecycle: { postStart: hook(0) } };
  under.world.put(makePod(container, {}, { name: "gated" }));
  await eventually("it listens", async () => (await log(under, "gated").catch(() => "")).includes("listening"));
  const waiting = await under.until("gated", "shown as creating", (pod) => status(pod)?.state?.waiting?.reason === "ContainerCreating");
  assert.deepEqual([waiting.status?.phase, status(waiting)?.ready], ["Pending", false]);
  await writeFile(gatePath, "");
  const ready = await under.until("gated", "ready", isReady);
  assert.ok(status(ready)?.state?.running);
});

test("postStart: a hook that fails ends the container, which is restarted", async () => {
  await using under = await startAgent({ scripts: { hooked } });
  under.world.put(makePod({ image: "image:hooked", lifecycle: { postStart: hook(3) } }, {}, { name: "bad" }));
  await under.until("bad", "restarted", (pod) => (status(pod)?.restartCount ?? 0) > 0);
  assert.ok(under.world.events.some((event) => event.startsWith("Warning FailedPostStartHook PostStartHook failed")));
  assert.equal(isReady(under.pod("bad") ?? makePod()), false);
});

test("preStop exec: it runs to its end before SIGTERM", async () => {
  const farewell = `
    import { existsSync, writeFileSync } from "node:fs";
    const mark = process.env.TMPDIR + "/hook";
    if (process.argv[2] === "hook") { writeFileSync(mark, ""); process.exit(0); }
    process.on("SIGTERM", () => { console.log("hook ran first:", existsSync(mark)); process.exit(0); });
    console.log("up");
    setInterval(() => {}, 1000);`;
  await using under = await startAgent({ scripts: { farewell } });
  const container = { image: "image:farewell", ports: [], readinessProbe: undefined, lifecycle: { preStop: hook(0) } };
  under.world.put(makePod(container, {}, { name: "farewell" }));
  await eventually("it is up", async () => (await log(under, "farewell").catch(() => "")) === "up\n");
  const followed = under.agent.podLogs({ namespace: "default", name: "farewell" }, new URLSearchParams("follow=true")).text();
  under.remove("farewell");
  assert.equal(await followed, "up\nhook ran first: true\n");
});

test("preStop httpGet: the program is asked at its real port, then told to end", async () => {
  await using under = await startAgent({ scripts: { hooked } });
  const preStop = { httpGet: { path: "/drain", port: 8080 } };
  under.world.put(makePod({ image: "image:hooked", lifecycle: { preStop } }, {}, { name: "polite" }));
  await under.until("polite", "ready", isReady);
  const followed = under.agent.podLogs({ namespace: "default", name: "polite" }, new URLSearchParams("follow=true")).text();
  under.remove("polite");
  assert.equal(await followed, "listening\nasked /drain\nterm\n");
});

test("preStop: a hook that fails is told and does not keep the Pod alive", async () => {
  await using under = await startAgent({ scripts: { hooked } });
  under.world.put(makePod({ image: "image:hooked", lifecycle: { preStop: hook(5) } }, {}, { name: "failing" }));
  await under.until("failing", "ready", isReady);
  under.remove("failing");
  await eventually("it is gone", () => under.pod("failing") === undefined);
  assert.ok(under.world.events.some((event) => event.startsWith("Warning FailedPreStopHook PreStopHook failed")));
});

test("a startup probe that fails restarts the container; until it passes nothing else is probed", async () => {
  await using under = await startAgent({ scripts: { hooked } });
  const startupProbe = { httpGet: { path: "/startup", port: 8080 }, periodSeconds: 1, failureThreshold: 1 };
  const readinessProbe = { httpGet: { path: "/readiness", port: 8080 }, periodSeconds: 1 };
  const container = { image: "image:hooked", startupProbe, readinessProbe };
  under.world.put(
    makePod({ ...container, env: [{ name: "STATUS", value: "500" }] }, { terminationGracePeriodSeconds: 1 }, { name: "ill" }),
  );
  under.world.put(makePod(container, {}, { name: "well" }));
  const well = await under.until("well", "ready", isReady);
  assert.equal(status(well)?.started, true);
  const asked = await eventually("both probes in the log", async () => {
    const paths: readonly string[] = (await log(under, "well")).match(/\/(startup|readiness)/g) ?? [];
    return paths.includes("/readiness") ? paths : undefined;
  });
  assert.deepEqual([asked[0], asked.lastIndexOf("/startup") < asked.indexOf("/readiness")], ["/startup", true]);
  const ill = await under.until("ill", "restarted", (pod) => (status(pod)?.restartCount ?? 0) > 0);
  assert.equal(isReady(ill), false);
  assert.ok(under.world.events.includes("Normal Killing Container main failed startup probe, will be restarted"));
  assert.ok(under.world.events.some((event) => event.includes("Startup probe failed: HTTP probe failed with statuscode: 500")));
});

test("activeDeadlineSeconds: the Pod's programs are ended and it has failed for good", async () => {
  await using under = await startAgent();
  under.world.put(makePod({}, { activeDeadlineSeconds: 1 }, { name: "short" }));
  await under.until("short", "ready", isReady);
  const pod = await under.until("short", "Failed", (found) => found.status?.phase === "Failed");
  const message = "Pod was active on the node longer than the specified deadline";
  assert.deepEqual([pod.status?.reason, pod.status?.message], ["DeadlineExceeded", message]);
  assert.deepEqual([status(pod)?.state?.terminated?.exitCode, status(pod)?.restartCount], [0, 0]);
  assert.ok(under.world.events.includes(`Warning DeadlineExceeded ${message}`));
});

test("too much memory: the container's last state is OOMKilled", async () => {
  const greedy = `const kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 10);`;
  await using under = await startAgent({ scripts: { greedy } });
  const container = { image: "image:greedy", ports: [], readinessProbe: undefined, resources: { limits: { memory: "150M" } } };
  under.world.put(makePod(container, { restartPolicy: "Never" }, { name: "greedy" }));
  const pod = await under.until("greedy", "Failed", (found) => found.status?.phase === "Failed");
  const ended = status(pod)?.state?.terminated;
  assert.deepEqual([ended?.reason, ended?.exitCode], ["OOMKilled", 137]);
});

test("a program's own termination message is the message of its end", async () => {
  const words = `
    import { writeFileSync } from "node:fs";
    console.log("noise");
    writeFileSync(process.env.FILE || process.env.KINETIC_TERMINATION_MESSAGE_PATH, "last words");
    process.exit(2);`;
  await using under = await startAgent({ scripts: { words } });
  const container = { image: "image:words", ports: [], readinessProbe: undefined };
  under.world.put(makePod(container, { restartPolicy: "Never" }, { name: "variable" }));
  const seen = { terminationMessagePath: "/app/words", workingDir: "/app", env: [{ name: "FILE", value: "words" }] };
  under.world.put(makePod({ ...container, ...seen }, { restartPolicy: "Never" }, { name: "seen" }));
  for (const name of ["variable", "seen"]) {
    const pod = await under.until(name, "Failed", (found) => found.status?.phase === "Failed");
    assert.equal(status(pod)?.state?.terminated?.message, "last words", name);
  }
});

test("a terminationMessagePath that a process cannot see is told, and the end of the log is used", async () => {
  await using under = await startAgent({ scripts: { mute: `console.log("the log"); process.exit(2);` } });
  const container = { image: "image:mute", ports: [], readinessProbe: undefined, terminationMessagePath: "/var/words" };
  under.world.put(makePod(container, { restartPolicy: "Never" }, { name: "mute" }));
  const pod = await under.until("mute", "Failed", (found) => found.status?.phase === "Failed");
  assert.equal(status(pod)?.state?.terminated?.message, "the log\n");
  assert.ok(
    under.world.events.some((event) => event.startsWith("Warning NotAsRequested Container main: terminationMessagePath /var/words")),
  );
});

test("runAsNonRoot holds, and contradicts runAsUser 0 in the kubelet's words", async () => {
  await using under = await startAgent();
  under.world.put(makePod({ securityContext: { runAsNonRoot: true } }, {}, { name: "fine" }));
  under.world.put(makePod({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }, {}, { name: "never" }));
  await under.until("fine", "ready", isReady);
  const pod = await under.until("never", "the reason", (found) => status(found)?.state?.waiting?.reason === "CreateContainerConfigError");
  assert.equal(status(pod)?.state?.waiting?.message, "container's runAsUser breaks non-root policy");
});
