import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { test } from "node:test";
import type { Pod } from "../../../api/k8s/types.generated.ts";
import type { PodSession, PortSession, ProgramSession } from "../../../api/ports/pod-streams.ts";
import { requires } from "../../../testing/requirements.ts";
import { isReady, startAgent, type AgentUnderTest } from "../fixtures/agent-world.ts";
import { eventually, makePod } from "../fixtures/fixtures.ts";

const never = new AbortController().signal;

function openProgram(under: AgentUnderTest, kind: "exec" | "attach", pod: Pod, query: string): ProgramSession {
  const session: PodSession = under.agent.podSession(kind, pod, new URLSearchParams(query));
  assert.ok(session.kind === "program");
  return session;
}

function openPorts(under: AgentUnderTest, pod: Pod): PortSession {
  const session: PodSession = under.agent.podSession("portforward", pod, new URLSearchParams());
  assert.ok(session.kind === "ports");
  return session;
}

function collector() {
  const chunks: Buffer[] = [];
  return { sink: async (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)), text: () => Buffer.concat(chunks).toString() };
}

const node = (script: string) => `stdout=1&command=node&command=-e&command=${encodeURIComponent(script)}`;
const CONTAINER = `console.log(require("path").basename(process.env.TMPDIR))`; // its scratch folder has its name

test("exec runs in the named container, the one that the annotation names, or the only one", async () => {
  await using under = await startAgent();
  const side = { name: "side", image: "image:server", ports: [{ containerPort: 9090 }] };
  const [main] = makePod().spec?.containers ?? [];
  assert.ok(main);
  under.world.put(makePod({}, { containers: [main, side] }, { name: "two" }));
  const two = await under.until("two", "ready", isReady);
  const run = async (pod: Pod, query: string) => {
    const out = collector();
    assert.deepEqual(await openProgram(under, "exec", pod, query).run({ stdout: out.sink }, never), { kind: "exited", exitCode: 0 });
    return out.text();
  };
  assert.equal(await run(two, `container=side&${node(CONTAINER)}`), "side\n");
  const annotated = { ...two, metadata: { ...two.metadata, annotations: { "kubectl.kubernetes.io/default-container": "side" } } };
  assert.equal(await run(annotated, node(CONTAINER)), "side\n");
  const ambiguous = () => under.agent.podSession("exec", two, new URLSearchParams(node("")));
  assert.throws(ambiguous, { message: "a container name must be specified for pod two, choose one of: [main side]" });
});

test("requests that mean nothing are refused before anything begins", async () => {
  await using under = await startAgent();
  under.world.put(makePod({}, {}, { name: "one" }));
  const pod = await under.until("one", "ready", isReady);
  const unscheduled = { ...pod, spec: { containers: [] } };
  const unknown = { ...pod, metadata: { ...pod.metadata, uid: "of-nobody" } };
  const cases = [
    ["exec", pod, "command=ls", "you must specify at least 1 of stdin, stdout, stderr"],
    ["exec", pod, "stdout=1", "you must specify a command to execute"],
    ["exec", pod, "stdout=1&command=ls&container=zz", "container zz is not valid for pod one"],
    ["attach", unscheduled, "stdout=1", "pod one does not have a host assigned"],
    ["attach", unknown, "stdout=1", 'Internal error occurred: unable to upgrade connection: container not found ("main")'],
    ["portforward", unknown, "", 'Internal error occurred: unable to upgrade connection: pod not found ("one_default")'],
  ] as const;
  for (const [kind, which, query, message] of cases) {
    assert.throws(() => under.agent.podSession(kind, which, new URLSearchParams(query)), { message });
  }
});

test("a forwarded port is the pod's own, declared or listened on, and never another program's of the node", async (t) => {
  await using under = await startAgent();
  const other = createServer((socket) => socket.end("secret")).listen(0, "127.0.0.1");
  t.after(() => other.close());
  under.world.put(makePod({}, {}, { name: "one" }));
  const pod = await under.until("one", "ready", isReady);
  const session = openPorts(under, pod);
  const declared = await session.dial(8080, never);
  assert.ok(declared.kind === "connected");
  await declared.connection.write(Buffer.from("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"));
  const answer = collector();
  for await (const bytes of declared.connection.incoming) await answer.sink(bytes);
  assert.match(answer.text(), /^HTTP\/1\.1 200 OK\r\n/);
  const real = Object.values(JSON.parse(pod.metadata.annotations?.["kinetic.dev/ports"] ?? "{}") as Record<string, number>)[0] ?? 0;
  const listened = await session.dial(real, never);
  assert.equal(listened.kind, "connected");
  if (listened.kind === "connected") listened.connection.destroy();
  const { port } = other.address() as AddressInfo;
  const uid = pod.metadata.uid ?? "";
  const message = `error forwarding port ${port} to pod one, uid ${uid}: dial tcp 127.0.0.1:${port}: connect: connection refused`;
  assert.deepEqual(await session.dial(port, never), { kind: "failed", message });
});

test("attach shows from now on what the container writes, and is over when it ends", async () => {
  const script = `let n = 0; setInterval(() => { console.log("tick " + ++n); console.error("tock " + n); }, 5)`;
  await using under = await startAgent({ scripts: { ticker: script } });
  const [main] = makePod({ image: "image:ticker" }).spec?.containers ?? [];
  const { readinessProbe: _none, ...container } = main ?? { name: "" };
  under.world.put(makePod({}, { containers: [container], restartPolicy: "Never" }, { name: "one" }));
  const pod = await under.until("one", "running", isReady);
  const log = () => under.agent.podLogs({ namespace: "default", name: "one" }, new URLSearchParams()).text();
  await eventually("some ticks", async () => (await log()).includes("tick 5\n"));
  const [out, err] = [collector(), collector()];
  const ended = openProgram(under, "attach", pod, "stdout=1&stderr=1").run({ stdout: out.sink, stderr: err.sink }, never);
  await eventually("more ticks", () => /tick \d+\ntick \d+\n/.test(out.text()) && err.text().includes("tock"));
  assert.doesNotMatch(out.text(), /tick 1\n|tock/);
  under.remove("one");
  assert.deepEqual(await ended, { kind: "exited", exitCode: 0 });
});

test("what a container with input reads comes from who attaches", async () => {
  const script = `process.stdin.on("data", (text) => console.log("read " + text)).on("end", () => process.exit(0))`;
  await using under = await startAgent({ scripts: { reader: script } });
  const [main] = makePod({ image: "image:reader", stdin: true, stdinOnce: true }).spec?.containers ?? [];
  const { readinessProbe: _none, ...container } = main ?? { name: "" };
  under.world.put(makePod({}, { containers: [container], restartPolicy: "Never" }, { name: "one" }));
  const pod = await under.until("one", "running", isReady);
  const out = collector();
  async function* input() {
    yield Buffer.from("words");
  }
  const session = openProgram(under, "attach", pod, "stdin=1&stdout=1");
  await session.run({ stdin: input(), stdout: out.sink }, never);
  assert.equal(out.text(), "read words\n");
  await under.until("one", "succeeded", ({ status }) => status?.phase === "Succeeded");
});

test("sessions end with their pod, also when its instance is parked", { skip: requires("linux") }, async () => {
  const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "hello-1", uid: "rs-1", controller: true };
  const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "hello-1", namespace: "default", uid: "rs-1" } };
  const parking = { maxCount: 4, maxBytes: 1e9, ttlMs: 60_000 };
  await using under = await startAgent({ options: { parking }, objects: [replicaSet] });
  under.world.put(makePod({}, {}, { name: "one", ownerReferences: [owner] }));
  const pod = await under.until("one", "ready", isReady);
  const out = collector();
  const program = openProgram(under, "exec", pod, node(`console.log("up"); setInterval(() => {}, 1e3)`)).run({ stdout: out.sink }, never);
  const attached = openProgram(under, "attach", pod, "stdout=1").run({ stdout: out.sink }, never);
  const dialed = await openPorts(under, pod).dial(8080, never);
  await eventually("the program", () => out.text().includes("up"));
  under.remove("one");
  assert.deepEqual(await program, { kind: "exited", exitCode: 137 });
  assert.deepEqual(await attached, { kind: "exited", exitCode: 0 });
  assert.ok(dialed.kind === "connected");
  await assert.rejects(async () => {
    for await (const _bytes of dialed.connection.incoming);
  });
  assert.equal(under.agent.stats().parked, 1);
});
