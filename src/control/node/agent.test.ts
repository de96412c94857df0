import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import type { Pod } from "../../api/k8s/types.generated.ts";
import type { KubeObject } from "../../api/meta/object.ts";
import { PORTS_ANNOTATION, START_TIER_ANNOTATION } from "../../api/names/kinetic.ts";
import { isReady, startAgent, type AgentUnderTest } from "./fixtures/agent-world.ts";
import { eventually, makePod, openFolder, scriptImages, SERVER } from "./fixtures/fixtures.ts";

const portOf = (pod: Pod) => (JSON.parse(pod.metadata.annotations?.[PORTS_ANNOTATION] ?? "{}") as Record<string, number>)["8080"] ?? 0;

async function fetchText(port: number, path = "/"): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: "close" } })).text();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function logs(under: AgentUnderTest, name: string, query = ""): Promise<string> {
  return under.agent.podLogs({ namespace: "default", name }, new URLSearchParams(query)).text();
}

const state = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state;

test("a Pod becomes a process that answers, and is Ready", async () => {
  await using under = await startAgent();
  under.world.put(makePod({}, {}, { name: "hello" }));
  const pod = await under.until("hello", "ready", isReady);
  assert.equal(pod.status?.phase, "Running");
  assert.equal(pod.status?.podIP, "127.0.0.1");
  assert.equal(pod.metadata.annotations?.[START_TIER_ANNOTATION], "fresh");
  const [status] = pod.status?.containerStatuses ?? [];
  assert.equal(status?.ready, true);
  assert.equal(status?.started, true);
  assert.match(status?.containerID ?? "", /^process:\/\//);
  assert.ok(status?.state?.running?.startedAt);
  const env = JSON.parse(await fetchText(portOf(pod), "/env")) as Record<string, string>;
  assert.equal(env["PORT"], String(portOf(pod)));
  assert.equal(env["FROM_IMAGE"], "yes");
  assert.ok(under.world.events.includes("Normal Started Started container main"));
});

test("a deleted Pod is asked to end, its log tells, and its object goes last", async () => {
  await using under = await startAgent();
  under.world.put(makePod({}, {}, { name: "bye", finalizers: ["test/hold"] }));
  const pod = await under.until("bye", "ready", isReady);
  const pid = Number((await fetchText(portOf(pod))).split(" ")[0]);
  const response = under.agent.podLogs({ namespace: "default", name: "bye" }, new URLSearchParams("follow=true"));
  under.remove("bye");
  assert.match(await response.text(), /listening\nbye\n/);
  const last = await eventually("the last write", () => under.world.writes.findLast(({ verb }) => verb === "delete"));
  assert.deepEqual([last.verb, last.body], ["delete", { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }]);
  assert.equal(isAlive(pid), false);
  assert.equal(under.pod("bye")?.status?.phase, "Succeeded");
  assert.ok(under.world.events.includes("Normal Killing Stopping container main"));
});

test("a program that ignores SIGTERM is killed with its children when the grace is over", async () => {
  const stubborn = `
    import { spawn } from "node:child_process";
    process.on("SIGTERM", () => {});
    const child = spawn(process.execPath, ["-e", "process.on('SIGTERM',()=>{});setInterval(()=>{},1000)"], { stdio: "ignore" });
    console.log("pids", process.pid, child.pid);
    setInterval(() => {}, 1000);`;
  await using under = await startAgent({ scripts: { stubborn } });
  under.world.put(makePod({ image: "image:stubborn", ports: [], readinessProbe: undefined }, {}, { name: "stubborn" }));
  await under.until("stubborn", "running", (pod) => state(pod)?.running);
  const text = await eventually("both pids", async () => /pids (\d+) (\d+)/.exec(await logs(under, "stubborn")) ?? undefined);
  under.remove("stubborn", 1);
  await eventually("the object is gone", () => under.pod("stubborn") === undefined);
  assert.deepEqual([isAlive(Number(text[1])), isAlive(Number(text[2]))], [false, false]);
});

test("a program that exits at once is restarted, then waits in CrashLoopBackOff with the end of its log as message", async () => {
  const crash = `console.error("no database"); process.exit(3);`;
  await using under = await startAgent({ scripts: { crash } });
  const container = { image: "image:crash", readinessProbe: undefined, terminationMessagePolicy: "FallbackToLogsOnError" };
  under.world.put(makePod(container, {}, { name: "crash", uid: "u1" }));
  under.world.put(makePod({}, {}, { name: "neighbour" }));
  const pod = await under.until("crash", "crash loop", (found) => state(found)?.waiting?.reason === "CrashLoopBackOff");
  const [status] = pod.status?.containerStatuses ?? [];
  assert.equal(status?.state?.waiting?.message, "back-off 10s restarting failed container=main pod=crash_default(u1)");
  assert.equal(status?.restartCount, 1);
  assert.equal(status?.lastState?.terminated?.exitCode, 3);
  assert.equal(status?.lastState?.terminated?.message, "no database\n");
  assert.equal(status?.ready, false);
  assert.equal(await logs(under, "crash"), "no database\n");
  assert.equal(await logs(under, "crash", "previous=true"), "no database\n");
  await under.until("neighbour", "ready", isReady);
  assert.ok(under.world.events.includes("Warning BackOff Back-off restarting failed container main in pod crash_default(u1)"));
});

test("a program whose fixed port another Pod's has is told how to get one of its own", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  const fixed = `import { createServer } from "node:net"; createServer().listen(${port}, "127.0.0.1");`;
  await using under = await startAgent({ scripts: { fixed } });
  under.world.put(makePod({ image: "image:fixed", ports: [], readinessProbe: undefined }, {}, { name: "second" }));
  const pod = await under.until("second", "the reason", (found) => found.status?.reason === "PortTaken");
  const advice = "name a containerPort in the Pod and let the program listen on the port in $PORT";
  const why = `${port} is in use, and a process shares the ports of this machine; ${advice}`;
  assert.equal(pod.status?.message, `PortTaken: ${why}`);
  assert.ok(under.world.events.includes(`Warning PortTaken Container main: ${why}`));
  holder.close();
});

test("a program that ignores PORT is told where it should listen", async () => {
  const fixed = `import { createServer } from "node:net"; createServer().listen(0, "127.0.0.1", () => {});`;
  await using under = await startAgent({ scripts: { fixed } });
  under.world.put(makePod({ image: "image:fixed" }, {}, { name: "fixed" }));
  const pod = await under.until("fixed", "the reason", (found) => found.status?.reason === "ListensOnOtherPort");
  assert.match(
    pod.status?.message ?? "",
    new RegExp(`^ListensOnOtherPort: \\d+, expected ${portOf(pod)}; let the program listen on the port in \\$PORT$`),
  );
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  assert.match(ready?.message ?? "", /containers with unready status: \[main\]: ListensOnOtherPort/);
});

test("a program that never listens: the Ready condition says so", async () => {
  await using under = await startAgent({ scripts: { mute: "setInterval(() => {}, 1000)" } });
  under.world.put(makePod({ image: "image:mute" }, {}, { name: "mute" }));
  const said = (pod: Pod) =>
    pod.status?.conditions?.find(({ type, message }) => type === "Ready" && message?.includes("listens on no port"));
  await under.until("mute", "the message", said);
});

test("a missing image: ErrImagePull, then ImagePullBackOff that keeps the cause", async () => {
  await using under = await startAgent();
  under.world.put(makePod({ image: "image:none" }, {}, { name: "none" }));
  const failed = await under.until("none", "ErrImagePull", (found) => state(found)?.waiting?.reason === "ErrImagePull");
  assert.equal(state(failed)?.waiting?.message, "image:none: not found");
  const waiting = await under.until("none", "ImagePullBackOff", (found) => state(found)?.waiting?.reason === "ImagePullBackOff");
  assert.equal(state(waiting)?.waiting?.message, `Back-off pulling image "image:none": ErrImagePull: image:none: not found`);
  assert.equal(waiting.status?.phase, "Pending");
});

test("a pull is told as a kubelet tells it, with the pod's and its account's credentials", async () => {
  const objects = [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace: "default" },
      imagePullSecrets: [{ name: "account" }],
    },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "account", namespace: "default" }, data: { ".dockercfg": btoa("{}") } },
  ] as unknown as KubeObject[];
  await using folder = await openFolder();
  const images = await scriptImages(folder.path, { server: SERVER });
  const names: string[][] = [];
  const ensure: typeof images.ensure = async (request, signal) => {
    request.onPull?.();
    names.push(((await request.pullSecrets?.()) ?? []).map(({ name }) => name));
    const result = await images.ensure(request, signal);
    return result.kind === "ok" ? { ...result, pulled: { durationMs: 1234, bytes: 567 } } : result;
  };
  await using under = await startAgent({ objects, options: { images: { ...images, ensure } } });
  under.world.put(makePod({}, { imagePullSecrets: [{ name: "gone" }] }, { name: "pulled" }));
  await under.until("pulled", "ready", isReady);
  assert.deepEqual(names, [["default/account"]]);
  const missing = "Unable to retrieve some image pull secrets (gone); attempting to pull the image may not succeed.";
  const took = "1.234s (1.234s including waiting). Image size: 567 bytes.";
  assert.deepEqual(under.world.events.slice(0, 3), [
    'Normal Pulling Pulling image "image:server"',
    `Warning FailedToRetrieveImagePullSecret ${missing}`,
    `Normal Pulled Successfully pulled image "image:server" in ${took}`,
  ]);
});

test("a missing ConfigMap: CreateContainerConfigError until it is there", async () => {
  await using under = await startAgent();
  under.world.put(makePod({ envFrom: [{ configMapRef: { name: "settings" } }] }, {}, { name: "late" }));
  const pod = await under.until("late", "the reason", (found) => state(found)?.waiting?.reason === "CreateContainerConfigError");
  assert.equal(state(pod)?.waiting?.message, `configmap "settings" not found`);
  under.world.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "settings", namespace: "default" },
    data: { COLOUR: "red" },
  } as never);
  const ready = await under.until("late", "ready", isReady);
  const env = JSON.parse(await fetchText(portOf(ready), "/env")) as Record<string, string>;
  assert.equal(env["COLOUR"], "red");
});

test("init containers run one after another before the others", async () => {
  const first = `console.log("prepared");`;
  await using under = await startAgent({ scripts: { first } });
  const init = [{ name: "prepare", image: "image:first" }];
  under.world.put(makePod({}, { initContainers: init }, { name: "init" }));
  const pod = await under.until("init", "ready", isReady);
  assert.equal(pod.status?.initContainerStatuses?.[0]?.state?.terminated?.reason, "Completed");
  assert.equal(await logs(under, "init", "container=prepare"), "prepared\n");
});

test("restartPolicy Never: the Pod's phase is its program's end", async () => {
  await using under = await startAgent({ scripts: { once: "process.exit(Number(process.env.CODE))" } });
  const container = (code: string) => ({ image: "image:once", readinessProbe: undefined, env: [{ name: "CODE", value: code }] });
  under.world.put(makePod(container("0"), { restartPolicy: "Never" }, { name: "good" }));
  under.world.put(makePod(container("4"), { restartPolicy: "Never" }, { name: "bad" }));
  await under.until("good", "Succeeded", (pod) => pod.status?.phase === "Succeeded");
  await under.until("bad", "Failed", (pod) => pod.status?.phase === "Failed");
});

test("what a process cannot honour is refused with a reason", async () => {
  await using under = await startAgent();
  under.world.put(makePod({ securityContext: { privileged: true } }, {}, { name: "privileged" }));
  const pod = await under.until("privileged", "the reason", (found) => state(found)?.waiting?.reason === "DriverUnsupported");
  assert.match(
    state(pod)?.waiting?.message ?? "",
    /^securityContext\.privileged needs a container, and this node runs programs as processes; leave it out$/,
  );
  const volumes = [{ name: "disk", hostPath: { path: "/" } }];
  under.world.put(makePod({}, { volumes }, { name: "host" }));
  await under.until("host", "the reason", (found) => state(found)?.waiting?.reason === "VolumeUnsupported");
});
