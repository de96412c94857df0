/** kubectl exec, attach, cp and port-forward against a whole platform, over WebSockets and as older clients do it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { buildImage } from "../../src/images/build.ts";
import { ContentStore } from "../../src/images/content-store.ts";
import { nodeDisk } from "../../src/images/node-disk.ts";
import { ended, eventually, httpGet, run, startKinetic, temporaryFolder, type Finished, type Kinetic } from "./harness.ts";

const skip = requires("kubectl", "linux");
const BUSYBOX = "/bin/busybox";

/** Serves, and says each line that somebody asks it to say. */
const PROGRAM = `
import { createServer } from "node:http";
const { PORT } = process.env;
createServer((request, response) => {
  if (request.url === "/big") return response.end(Buffer.alloc(50e6, "x"));
  if (request.url.startsWith("/say/")) { console.log(request.url.slice(5)); console.error("error of " + request.url.slice(5)); }
  if (request.url === "/end") process.stdout.write("the end\\n", () => process.exit(0));
  let bytes = 0;
  request.on("data", (part) => (bytes += part.length)).on("end", () => response.end("got " + bytes));
}).listen(PORT);
process.stdin.setEncoding("utf8").on("data", (text) => console.log("read " + text.trim())).on("end", () => console.log("no more to read"));
`;

const CONTAINER = {
  name: "main",
  image: "kinetic.local/streams",
  ports: [{ containerPort: 8080 }],
  readinessProbe: { tcpSocket: { port: 8080 } },
};

const hooks: (() => unknown)[] = [];
let kinetic: Kinetic;

before(async () => {
  if (skip !== false) return;
  kinetic = await startKinetic({ after: (hook: () => unknown) => void hooks.unshift(hook) } as unknown as TestContext);
  await buildStreams(kinetic.dataDir);
  const containers = [CONTAINER];
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers } };
  await kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify(pod));
  await kinetic.kubectlOk(["wait", "--for=condition=Ready", "pod/p", "--timeout=60s"]);
});

after(async () => {
  for (const hook of hooks) await hook();
});

async function buildStreams(dataDir: string): Promise<void> {
  const store = new ContentStore({ disk: nodeDisk(), folder: join(dataDir, "images"), ownPorts: [] });
  const busybox = await readFile(BUSYBOX).catch(() => undefined);
  await buildImage(store, {
    reference: "kinetic.local/streams",
    files: [
      { path: "app/main.mjs", bytes: Buffer.from(PROGRAM) },
      ...(busybox === undefined ? [] : [{ path: "bin/tar", bytes: busybox, mode: 0o755 }]),
    ],
    argv: ["node", "app/main.mjs"],
    runtime: `node${process.versions.node.split(".")[0] ?? ""}`,
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    port: 8080,
  });
  if (busybox === undefined) return;
  await buildImage(store, {
    reference: "kinetic.local/busybox",
    files: ["sh", "cat", "tar", "stty", "httpd", "sleep"].map((name) => ({ path: `bin/${name}`, bytes: busybox, mode: 0o755 })),
    argv: ["/bin/sh"],
    runtime: "node26",
    architecture: process.arch === "x64" ? "amd64" : process.arch,
  });
}

const transports = [
  { name: "WebSocket", env: {} },
  { name: "SPDY", env: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false", KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" } },
] as const;

function kubectl(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string } = {},
  timeoutMs = 60_000,
): Promise<Finished> {
  const env = { ...kinetic.env, ...options.env };
  return run("kubectl", args, { env, timeoutMs, ...(options.input === undefined ? {} : { input: options.input }) });
}

const node = (script: string) => ["p", "--", "node", "-e", script];

for (const { name, env } of transports) {
  test(`kubectl exec over ${name}: both outputs, the exit code, input to its end`, { skip, timeout: 120_000 }, async () => {
    const both = await kubectl(["exec", ...node(`console.log("out"); console.error("err"); process.exit(3)`)], { env });
    assert.deepEqual(both, { code: 3, stdout: "out\n", stderr: "err\ncommand terminated with exit code 3\n" });
    const input = "some input ".repeat(300_000);
    const piped = await kubectl(["exec", "-i", ...node("process.stdin.pipe(process.stdout)")], { env, input });
    assert.deepEqual([piped.code, piped.stdout === input, piped.stderr], [0, true, ""]);
  });

  test(`kubectl port-forward over ${name}: connections side by side, much in both directions`, { skip, timeout: 120_000 }, async (t) => {
    const url = await forwarded(t, ["p", ":8080"], env);
    const answers = await Promise.all(Array.from({ length: 20 }, () => httpGet(url)));
    assert.deepEqual(new Set(answers.map(({ body }) => body)), new Set(["got 0"]));
    assert.equal((await httpGet(`${url}/big`)).body.length, 50e6);
    const sent = await fetch(url, { method: "POST", body: Buffer.alloc(50e6) });
    assert.equal(await sent.text(), "got 50000000");
  });
}

/** Address of this machine that leads to a port of a pod. */
async function forwarded(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn("kubectl", ["port-forward", ...args], {
    env: { ...process.env, ...kinetic.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => ended(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return eventually(`kubectl port-forward ${args.join(" ")}`, async () => {
    const port = /127\.0\.0\.1:(\d+) ->/.exec(output)?.[1];
    if (port === undefined) throw new Error(output);
    return `http://127.0.0.1:${port}`;
  });
}

test("kubectl port-forward to a port where nobody listens says so, and to none of other programs", { skip, timeout: 60_000 }, async (t) => {
  const gateway = Number(new URL(kinetic.running.gateway).port);
  const child = spawn("kubectl", ["port-forward", "p", `:${gateway}`], {
    env: { ...process.env, ...kinetic.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => ended(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const port = await eventually("the port", async () => /127\.0\.0\.1:(\d+) ->/.exec(output)?.[1] ?? Promise.reject(new Error(output)));
  await assert.rejects(httpGet(`http://127.0.0.1:${port}`));
  await eventually("the reason", async () => {
    const reason = new RegExp(
      `error forwarding port ${gateway} to pod p, uid [0-9a-f-]+: dial tcp 127\\.0\\.0\\.1:${gateway}: connect: connection refused`,
    );
    assert.match(output, reason);
  });
});

test("kubectl exec says what is wrong", { skip, timeout: 60_000 }, async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["none", "--", "ls"], /^Error from server \(NotFound\): pods "none" not found\n$/],
    [["p", "-c", "zz", "--", "ls"], /^Error from server \(BadRequest\): container zz is not valid for pod p\n$/],
    [
      ["p", "--", "ls"],
      /^error: Internal error occurred: error executing command in container: exec: "ls": executable file not found in \$PATH\n$/,
    ],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await kubectl(["exec", ...args]);
    assert.match(stderr, expected);
    assert.equal(code, 1);
  }
});

test(
  "kubectl exec into a pod that is not scheduled, or whose container waits, is refused in the words of Kubernetes",
  { skip, timeout: 60_000 },
  async () => {
    const waiting = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "waiting" },
      spec: { containers: [{ name: "main", image: "kinetic.local/nobody-built-this" }] },
    };
    const elsewhere = {
      ...waiting,
      metadata: { name: "elsewhere" },
      spec: { ...waiting.spec, nodeSelector: { nobody: "has" }, schedulerName: "nobody" },
    };
    for (const pod of [waiting, elsewhere]) await kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify(pod));
    await eventually("one to wait", async () => assert.match(await kinetic.kubectlOk(["get", "pod", "waiting"]), /Err|BackOff/));
    assert.match((await kubectl(["exec", "waiting", "--", "ls"])).stderr, /unable to upgrade connection: container not found \("main"\)/);
    assert.match((await kubectl(["exec", "elsewhere", "--", "ls"])).stderr, /pod elsewhere does not have a host assigned/);
  },
);

test("twenty kubectl exec at the same time, each with its own answer", { skip, timeout: 120_000 }, async () => {
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const finished = await Promise.all(numbers.map((number) => kubectl(["exec", ...node(`console.log(${number})`)])));
  assert.deepEqual(
    finished.map(({ stdout }) => Number(stdout)),
    numbers,
  );
});

test("a kubectl exec that is killed takes its program along", { skip, timeout: 60_000 }, async () => {
  const script = `console.log(process.pid); setInterval(() => {}, 1e3)`;
  const child = spawn("kubectl", ["exec", ...node(script)], { env: { ...process.env, ...kinetic.env } });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const pid = await eventually("the program", async () => (output.endsWith("\n") ? Number(output) : Promise.reject(new Error("not yet"))));
  assert.equal(isAlive(pid), true);
  child.kill("SIGKILL");
  await eventually("its end", async () => assert.equal(isAlive(pid), false));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

test("kubectl exec -it has a terminal of the size of the own one", { skip, timeout: 60_000 }, async () => {
  const script = `
    const tell = () => {
      if (process.stdout.columns !== 101) return;
      console.log([process.stdin.isTTY, process.stdout.isTTY, process.stdout.columns, process.stdout.rows].join(" "));
      process.exit(5);
    };
    process.stdout.on("resize", tell); tell(); setInterval(() => {}, 1e3)`;
  const quoted = ["kubectl", "exec", "-it", ...node(script)].map((word) => `'${word}'`).join(" ");
  const { code, stdout } = await run("script", ["-qec", `stty rows 33 cols 101; ${quoted}`, "/dev/null"], { env: kinetic.env });
  assert.match(stdout, /true true 101 33\r\n/);
  assert.equal(code, 5);
});

test("kubectl attach shows what is written from now on, both outputs, until the container ends", { skip, timeout: 60_000 }, async (t) => {
  const env = [{ name: "ROLE", value: "talker" }];
  const url = await podWith(t, "talker", { env });
  await httpGet(`${url}/say/before`);
  const child = spawn("kubectl", ["attach", "talker"], { env: { ...process.env, ...kinetic.env }, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => ended(child));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  await eventually("lines", async () => {
    await httpGet(`${url}/say/after`);
    assert.match(output.stdout, /^(after\n)+$/);
    assert.match(output.stderr, /error of after\n/);
  });
  await httpGet(`${url}/end`).catch(() => {}); // it ends at once
  await eventually("its end", async () => assert.equal(child.exitCode, 0));
  assert.match(output.stdout, /\nthe end\n$/);
});

test(
  "kubectl attach -i gives input to a container that has one: several after each other, or once",
  { skip, timeout: 60_000 },
  async (t) => {
    await podWith(t, "listener", { stdin: true });
    for (const word of ["one", "two"])
      await kubectl(["attach", "-i", "listener", "--pod-running-timeout=5s"], { input: `${word}\n` }, 1500);
    await eventually("both words", async () => {
      assert.match(await kinetic.kubectlOk(["logs", "listener"]), /read one\n[^]*read two\n/);
    });
    await podWith(t, "once", { stdin: true, stdinOnce: true });
    await kubectl(["attach", "-i", "once"], { input: "only\n" }, 1500);
    await eventually("the end of the input", async () => {
      assert.match(await kinetic.kubectlOk(["logs", "once"]), /read only\nno more to read\n/);
    });
  },
);

/** A pod of its own that is not restarted; resolves with an address of it. */
async function podWith(t: TestContext, name: string, change: object): Promise<string> {
  const containers = [{ ...CONTAINER, ...change }];
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers, restartPolicy: "Never" } };
  await kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify(pod));
  await kinetic.kubectlOk(["wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s"]);
  return forwarded(t, [name, ":8080"]);
}

test("kubectl cp brings files in and out where the image has tar", { skip: await tarProblem(), timeout: 60_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o777);
  const bytes = Buffer.alloc(5e6, "some bytes ");
  await writeFile(join(folder, "here"), bytes);
  await kinetic.kubectlOk(["cp", join(folder, "here"), `p:${folder}/there`]);
  await kinetic.kubectlOk(["cp", `p:${folder}/there`, join(folder, "back")]);
  const hash = (data: Buffer) => createHash("sha256").update(data).digest("hex");
  assert.equal(hash(await readFile(join(folder, "back"))), hash(bytes));
});

test(
  "a container of runc: exec with its errors and a terminal, attach with input, cp, port-forward",
  { skip: await runcProblem(), timeout: 120_000 },
  async (t) => {
    const command = ["sh", "-c", "while read line; do echo got $line; done; echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"];
    const metadata = { name: "contained", annotations: { "kinetic.dev/driver": "oci" } };
    const containers = [{ name: "main", image: "kinetic.local/busybox", command, stdin: true, stdinOnce: true }];
    await kinetic.kubectlOk(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers } }));
    await kinetic.kubectlOk(["wait", "--for=condition=Ready", "pod/contained", "--timeout=60s"]);
    const exec = (args: readonly string[], input?: string) =>
      kubectl(["exec", "-i", "contained", "--", ...args], input === undefined ? {} : { input });
    const both = await exec(["sh", "-c", "cat; echo err >&2; exit 3"], "input");
    assert.deepEqual(both, { code: 3, stdout: "input", stderr: "err\ncommand terminated with exit code 3\n" });
    const missing = await exec(["nope"]);
    const why =
      /error: Internal error occurred: error executing command in container: exec: "nope": executable file not found in \$PATH\n$/;
    assert.match(missing.stderr, why);
    assert.equal((await exec(["sh", "-c", "exit 255"])).code, 255);
    const wait = `until stty size >/tmp/size; read rows _ </tmp/size; test $rows = 33; do sleep 0.1; done`;
    const command33 = `stty rows 33 cols 101; kubectl exec -it contained -- sh -c '${wait}; stty size; exit 7'`;
    const inTerminal = await run("script", ["-qec", command33, "/dev/null"], { env: kinetic.env });
    assert.match(inTerminal.stdout, /33 101\r\n/);
    assert.equal(inTerminal.code, 7);
    await kubectl(["attach", "-i", "contained"], { input: "one\ntwo\n" }, 1500);
    await eventually("the lines", async () => assert.equal(await kinetic.kubectlOk(["logs", "contained"]), "got one\ngot two\n"));
    const url = await forwarded(t, ["contained", ":8080"]);
    await eventually("the server", async () => assert.equal((await httpGet(`${url}/index.html`)).body, "hello\n"));
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "here"), "copied");
    await kinetic.kubectlOk(["cp", join(folder, "here"), "contained:/tmp/there"]);
    assert.equal((await exec(["cat", "/tmp/there"])).stdout, "copied");
  },
);

async function runcProblem(): Promise<string | false> {
  const problem = (await tarProblem()) || requires("root");
  if (problem !== false) return problem;
  return (await run("runc", ["--version"]).catch(() => undefined))?.code === 0 ? false : "needs runc";
}

/** `cp` runs tar in the container: here that is a static busybox of this machine. */
async function tarProblem(): Promise<string | false> {
  if (skip !== false) return skip;
  const found = await run("ldd", [BUSYBOX]).catch(() => undefined);
  return found !== undefined && /not a dynamic executable|statically/.test(found.stderr + found.stdout)
    ? false
    : `needs a static ${BUSYBOX}`;
}
