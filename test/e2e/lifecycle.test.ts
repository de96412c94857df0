/** The platform's own life: start, stop, start again, and the commands around it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import {
  ANY_PORTS,
  ended,
  eventually,
  httpGet,
  KINETIC,
  run,
  startKinetic,
  temporaryFolder,
  type Finished,
  type Kinetic,
} from "./harness.ts";
import { apiCall } from "./api-call.ts";
import { buildProgram, sampleProgram } from "./images.ts";
import { oldestNode, portsOf, sandboxesOf, takeAndRelease } from "./machine.ts";

const linux = requires("linux");
const ESCAPE = "\u001b";

function kinetic(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return run(process.execPath, [KINETIC, ...args], { env });
}

/** Exit code 1, nothing on stdout, and one line that says what is wrong. */
function assertOneSentence(finished: Finished, sentence: RegExp): void {
  assert.match(finished.stderr, sentence);
  assert.match(finished.stderr, /^[Ee]rror: [^\n]+\n$/, "one line");
  assert.equal(finished.code, 1);
}

async function assertNothingLeft(platform: Pick<Kinetic, "running" | "dataDir">): Promise<void> {
  for (const port of portsOf(platform.running)) await takeAndRelease(port);
  assert.deepEqual(await sandboxesOf(platform.dataDir), []);
  assert.throws(() => process.kill(platform.running.pid, 0), { code: "ESRCH" });
  assert.ok(!existsSync(join(platform.dataDir, "running.json")), "running.json is gone");
}

async function sampleAnswers(platform: Kinetic): Promise<void> {
  const answer = await platform.get(`hello.default.${platform.running.domain}`);
  assert.deepEqual([answer.status, answer.body.startsWith("Hello World from hello-00001")], [200, true]);
}

test("a platform from its first start to its reset", { skip: linux, timeout: 120_000 }, async (t) => {
  const first = await startKinetic(t, { args: ["--sample"] });
  const { dataDir, running } = first;
  const here = ["--data-dir", dataDir];

  await t.test("the ready file names addresses that answer", async () => {
    const { gatewayTls, authority, ...others } = running;
    assert.deepEqual(Object.keys(others), ["kubeconfig", "apiServer", "gateway", "internal", "registry", "domain", "pid"]);
    assert.match(gatewayTls, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.match(await readFile(authority, "utf8"), /BEGIN CERTIFICATE/);
    assert.equal(running.pid, first.process.pid);
    assert.equal(running.domain, "localhost");
    assert.match(await readFile(running.kubeconfig, "utf8"), /current-context: kinetic/);
    assert.deepEqual((await apiCall(first, { path: "/readyz" })).body, "ok");
    const registry = await httpGet(`http://${running.registry}/v2/`);
    assert.equal(registry.status, 200);
    for (const listener of [running.gateway, running.internal]) {
      const answer = await httpGet(listener, { host: "nobody.example" });
      assert.equal(answer.status, 404, listener);
    }
    assert.deepEqual(portsOf(running), [...new Set(portsOf(running))]);
  });

  await t.test("the sample was called from zero, and what to type next is said, without escape codes", async () => {
    await eventually("the sample was called", async () => assert.match(first.output, /from zero in [0-9.]+ ms: queue [0-9.]+, /));
    assert.match(first.output, /Kinetic is usable after [0-9.]+ s/);
    assert.match(first.output, /eval "\$\(npx kinetic env\)"\n +kubectl get ksvc,pods\n +kinetic load "http:/);
    assert.ok(!first.output.includes(ESCAPE));
    await sampleAnswers(first);
  });

  await t.test("a second start on the same folder is refused in one sentence", async () => {
    assertOneSentence(await kinetic(["up", ...here]), /another Kinetic|already|is running|in use/);
    assert.equal((await kinetic(["status", ...here])).code, 0, "the first one lives on");
  });

  await t.test("status says where it runs and what is on it", async () => {
    const text = await kinetic(["status", ...here]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, new RegExp(`API server +${running.apiServer}\n`));
    assert.match(text.stdout, new RegExp(`Log +${dataDir}/logs/kinetic\\.log\n`));
    assert.match(text.stdout, /Services +1 \(1 ready\)\n/);
    const json = JSON.parse((await kinetic(["status", ...here, "--json"])).stdout) as Record<string, unknown>;
    const { pods, deployments, ...rest } = json;
    assert.deepEqual(rest, { ...running, dataDir, log: join(dataDir, "logs/kinetic.log"), services: 1, readyServices: 1 });
    assert.deepEqual([typeof pods, deployments], ["number", 1]);
  });

  await t.test("reset is refused while it runs", async () => {
    assertOneSentence(await kinetic(["reset", ...here, "--yes"]), /the platform is running; stop it first with: kinetic down/);
    await sampleAnswers(first);
  });

  await t.test("load prints hey's summary", async () => {
    const url = `http://hello.default.localhost:${new URL(running.gateway).port}/`;
    const load = await kinetic(["load", url, "-c", "5", "-n", "50"]);
    assert.equal(load.code, 0, load.stderr);
    const headings = ["Summary:", "Response time histogram:", "Latency distribution:", "Status code distribution:"];
    assert.deepEqual(load.stdout.match(/^\w.*:$/gm), headings);
    assert.match(load.stdout, /Requests\/sec: +[0-9.]+/);
    assert.match(load.stdout, /99% in [0-9.]+ secs/);
    assert.match(load.stdout, /\[200\]\s+50 responses/);
    assert.ok(!load.stdout.includes(ESCAPE));
  });

  await t.test("SIGTERM: exit 0 and nothing is left", async () => {
    assert.equal(await first.stop("SIGTERM"), 0, first.output);
    await assertNothingLeft(first);
    assertOneSentence(await kinetic(["status", ...here]), /no platform runs on .*; start one with: kinetic up/);
  });

  await t.test("the next start keeps ports and Services, SIGINT ends it too", async (t) => {
    const second = await startKinetic(t, { dataDir });
    assert.deepEqual({ ...second.running, pid: 0 }, { ...running, pid: 0 });
    await sampleAnswers(second);
    assert.equal(await second.stop("SIGINT"), 0, second.output);
    await assertNothingLeft(second);
  });

  await t.test("a kept port that is taken is an error that names its owner", async () => {
    const { port } = new URL(running.gateway);
    const server = createServer().listen(Number(port), "127.0.0.1");
    await once(server, "listening");
    const refused = await kinetic(["up", ...here]);
    server.close();
    assertOneSentence(refused, new RegExp(`port ${port} \\(--gateway-port\\) is taken by .* \\(pid ${process.pid}\\)`));
  });

  await t.test("reset deletes what is kept, and only asks without --yes", async () => {
    assertOneSentence(await kinetic(["reset", ...here]), /say --yes to delete/);
    assert.ok(existsSync(join(dataDir, "FORMAT")));
    const reset = await kinetic(["reset", ...here, "--yes"]);
    assert.deepEqual([reset.code, reset.stdout], [0, `deleted ${dataDir}\n`]);
    assert.deepEqual(existsSync(dataDir) ? await readdir(dataDir) : [], []);
    assert.match((await kinetic(["reset", ...here, "--yes"])).stdout, /nothing to delete/);
  });
});

test("--ephemeral keeps nothing", { timeout: 120_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const place = await temporaryFolder(t);
  const readyFile = join(place, "ready.json");
  const args = [KINETIC, "up", "--ephemeral", "--ready-file", readyFile, ...ANY_PORTS];
  const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: folder }, stdio: "ignore" });
  t.after(() => ended(child));
  await eventually("it is usable", async () => assert.ok(existsSync(readyFile)), 60_000);
  assert.equal((await readdir(folder)).length, 1);
  await ended(child, "SIGTERM");
  assert.equal(child.exitCode, 0);
  assert.deepEqual(await readdir(folder), []);
  assertOneSentence(await kinetic(["up", "--ephemeral", "--data-dir", folder]), /leave out --data-dir/);
});

test("signals pass the launcher of an older Node", { skip: linux, timeout: 120_000 }, async (t) => {
  const command = [oldestNode(), KINETIC, "up"] as const;
  const platform = await startKinetic(t, { command });
  assert.equal(await platform.stop("SIGTERM"), 0, platform.output);
  await assertNothingLeft(platform);

  await t.test("a launcher that is killed takes the platform with it", async (t) => {
    const again = await startKinetic(t, { command, dataDir: platform.dataDir });
    await again.stop("SIGKILL");
    await eventually("everything is gone", () => assertNothingLeft(again));
  });
});

test("npm start passes signals on", { skip: linux, timeout: 120_000 }, async (t) => {
  const command = ["npm", "start", "--silent", "--"] as const;
  const platform = await startKinetic(t, { command });
  await eventually("the sample was called", async () => assert.match(platform.output, /from zero in/));
  assert.equal(await platform.stop("SIGTERM"), 0, platform.output);
  await assertNothingLeft(platform);
});

test("Ctrl-C reaches every process of the terminal at once, and still stops in order", { skip: linux, timeout: 120_000 }, async (t) => {
  const dataDir = await temporaryFolder(t);
  const readyFile = join(dataDir, "ready.json");
  const args = [KINETIC, "up", "--sample", "--data-dir", dataDir, "--ready-file", readyFile, ...ANY_PORTS];
  const child = spawn(oldestNode(), args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => ended(child));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  await eventually("the sample was called", async () => assert.match(output, /from zero in/), 60_000);
  const running = JSON.parse(await readFile(readyFile, "utf8")) as Kinetic["running"];
  assert.ok((await sandboxesOf(dataDir)).length > 0);
  const exited = once(child, "exit");
  process.kill(-(child.pid ?? 0), "SIGINT");
  await exited;
  assert.deepEqual([child.exitCode, /stopped\n/.test(output)], [0, true], output);
  await assertNothingLeft({ running, dataDir });
});

test("--detach, status and down in the default folder", { skip: linux, timeout: 120_000 }, async (t) => {
  const state = await temporaryFolder(t);
  const env = { XDG_STATE_HOME: state };
  t.after(() => kinetic(["down"], env));
  const started = await kinetic(["up", "--detach", ...ANY_PORTS], env);
  assert.equal(started.code, 0, started.stderr);
  assert.match(started.stdout, /It runs in the background\. Stop it with: kinetic down\n$/);
  const status = await kinetic(["status", "--json"], env);
  const running = JSON.parse(status.stdout) as Kinetic["running"] & { dataDir: string };
  assert.equal(running.dataDir, join(state, "kinetic"));
  assertOneSentence(await kinetic(["up", "--detach"], env), /another Kinetic|already|is running|in use/);
  const down = await kinetic(["down"], env);
  assert.deepEqual([down.code, down.stdout], [0, "stopped\n"]);
  await assertNothingLeft({ running, dataDir: running.dataDir });
  assert.match((await kinetic(["down"], env)).stdout, /^no platform runs on /);
});

test(
  "--profile=conformant runs containers alone, and says why where it cannot",
  { skip: requires("kubectl", "linux"), timeout: 120_000 },
  async (t) => {
    const platform = await startKinetic(t, { args: ["--profile", "conformant"] });
    const image = await buildProgram(platform.dataDir, "one", await sampleProgram());
    await platform.kubectlOk(["run", "one", `--image=${image}`]);
    await eventually("the pod runs or says why", async () => {
      const described = await platform.kubectlOk(["describe", "pod", "one"]);
      if (process.getuid?.() === 0) return assert.match(described, /Container ID: +oci:[^]*State: +Running\n/);
      assert.match(described, /State: +Waiting\n +Reason: +DriverUnsupported\n/);
      assert.match(described, /Error: this image needs a container, and this node has no driver for any; containers need root/);
    });
    assert.match(await platform.kubectlOk(["get", "nodes"]), process.getuid?.() === 0 ? /^kinetic +Ready /m : /^kinetic +NotReady /m);
    const processes = (await sandboxesOf(platform.dataDir)).filter(({ pod }) => pod !== "");
    assert.deepEqual(processes, []);
  },
);

test("kubeconfig, kubeconfig --merge and env", { skip: requires("kubectl", "linux"), timeout: 120_000 }, async (t) => {
  const platform = await startKinetic(t);
  const here = ["--data-dir", platform.dataDir];
  const home = await temporaryFolder(t);
  const names = (stdout: string) => stdout.trim().split("\n");

  await t.test("kubeconfig prints the file", async () => {
    const printed = await kinetic(["kubeconfig", ...here]);
    assert.equal(printed.stdout, await readFile(platform.running.kubeconfig, "utf8"));
  });

  await t.test("--merge makes ~/.kube/config and keeps what another file says", async () => {
    const env = { HOME: home, KUBECONFIG: "" };
    const merged = await kinetic(["kubeconfig", ...here, "--merge"], env);
    assert.equal(merged.stdout, `merged into ${home}/.kube/config; current context is "kinetic"\n`);
    assert.match((await run("kubectl", ["get", "ns"], { env })).stdout, /kube-system/);

    const other = join(home, "other/config");
    await mkdir(join(home, "other"));
    const theirs = {
      clusters: "cluster: {server: https://127.0.0.1:1}",
      contexts: "context: {cluster: a, user: a}",
      users: "user: {token: t}",
    };
    const lists = Object.entries(theirs).map(([list, value]) => `${list}: [{name: a, ${value}}]`);
    await writeFile(other, ["apiVersion: v1", "kind: Config", ...lists, "current-context: a", ""].join("\n"));
    const second = { HOME: home, KUBECONFIG: other };
    assert.equal((await kinetic(["kubeconfig", ...here, "--merge"], second)).code, 0);
    assert.equal((await kinetic(["kubeconfig", ...here, "--merge"], second)).code, 0, "twice changes nothing");
    const contexts = await run("kubectl", ["config", "get-contexts", "-o", "name"], { env: second });
    assert.deepEqual(names(contexts.stdout), ["a", "kinetic"]);
    assert.equal((await run("kubectl", ["get", "ns"], { env: second })).code, 0);
  });

  for (const shell of ["bash", "sh"]) {
    await t.test(`env evaluated by ${shell} gives kubectl, kinetic and kn`, async () => {
      const script = [
        "set -e",
        `eval "$('${process.execPath}' '${KINETIC}' env --data-dir '${platform.dataDir}')"`,
        "kubectl get namespace default -o name",
        `kinetic status --data-dir '${platform.dataDir}' >/dev/null`,
        "command -v kinetic; command -v kn",
      ].join("\n");
      const evaluated = await run(shell, ["-c", script], { env: { HOME: home, KUBECONFIG: "" } });
      const bin = join(platform.dataDir, "bin");
      assert.deepEqual(names(evaluated.stdout), ["namespace/default", `${bin}/kinetic`, `${bin}/kn`]);
      assert.equal(evaluated.stderr, "");
    });
  }
});

test("doctor says what is chosen, what is not, and why", { timeout: 120_000 }, async (t) => {
  const env = { XDG_STATE_HOME: await temporaryFolder(t) };
  const text = await kinetic(["doctor"], env);
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /\+ driver process +runs images built by Kinetic/);
  assert.match(text.stdout, /[-+] driver oci +\S/);
  assert.ok(!text.stdout.includes(ESCAPE));
  const json = JSON.parse((await kinetic(["doctor", "--json"], env)).stdout) as { name: string; state: string; why: string }[];
  assert.ok(json.length >= 8);
  for (const finding of json) {
    assert.match(finding.state, /^(ok|chosen|not chosen|warning|error)$/);
    assert.notEqual(finding.why, "", finding.name);
  }
  assert.deepEqual(
    ["node", "driver process", "driver oci", "parked instances"].filter((name) => !json.some((finding) => finding.name === name)),
    [],
  );
});

test("a default port that is taken at the first start moves on and says so", { skip: linux, timeout: 120_000 }, async (t) => {
  const server = createServer().listen(5001, "127.0.0.1");
  await once(server, "listening").catch(() => {}); // taken by somebody else: as good
  t.after(() => server.close());
  const dataDir = await temporaryFolder(t);
  const args = ["--api-port", "0", "--gateway-port", "0", "--internal-port", "0"];
  const platform = await startKinetic(t, { dataDir, args });
  const port = Number(platform.running.registry.split(":")[1]);
  assert.notEqual(port, 5001);
  assert.match(platform.output, new RegExp(`port 5001 is taken: the registry port is ${port}, from now on`));
  const doctor = await kinetic(["doctor"], { XDG_STATE_HOME: join(dataDir, "nobody") });
  assert.match(doctor.stdout, /! port 5001 \(registry\) +taken by .*; the first start moves to the next free one/);
});

test("flags and values that are wrong: one line, exit code 1, nothing started", { timeout: 120_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const env = { XDG_STATE_HOME: folder };
  const cases: readonly [args: readonly string[], sentence: RegExp][] = [
    [["up", "--nonsense"], /unknown option '--nonsense'/],
    [["up", "--api-port", "99999"], /'--api-port <port>' argument '99999' is invalid\. a port is a number from 1 to 65535/],
    [["up", "--gateway-port", "http"], /'--gateway-port <port>' argument 'http' is invalid/],
    [["up", "--domain", "Not_A_Domain"], /a domain is made of lower-case letters/],
    [["up", "--profile", "fast"], /argument 'fast' is invalid\. Allowed choices are default, conformant/],
    [["up", "--data-dir"], /'--data-dir <folder>' argument missing/],
    [["up", "extra"], /too many arguments/],
    [["load"], /missing required argument 'url'/],
    [["load", "https://localhost"], /it must be an http URL/],
    [["load", "http://localhost", "-c", "0"], /it must be a whole number above 0/],
    [["load", "http://localhost", "-d", "soon"], /it must be a time like 30s or 1m/],
    [["frobnicate"], /unknown command 'frobnicate'/],
    [["status"], /no platform runs on/],
    [["kubeconfig"], /there is no kubeconfig in .* yet; start the platform with: kinetic up/],
  ];
  for (const [args, sentence] of cases) assertOneSentence(await kinetic(args, env), sentence);
  const typo = await kinetic(["statsu"], env);
  assert.deepEqual([typo.code, /Did you mean status\?/.test(typo.stderr)], [1, true]);
  const away = await kinetic(["load", `http://127.0.0.1:${await unusedPort()}/`, "-n", "2"], env);
  assert.deepEqual([away.code, away.stderr.split("\n").length], [1, 2], away.stderr);
  assert.deepEqual(await readdir(folder), []);
});

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("a reader that has seen enough is no error", { skip: linux }, async () => {
  const finished = await run("sh", ["-c", `"${process.execPath}" "${KINETIC}" doctor | head -1`]);
  assert.match(finished.stdout, /node/);
  assert.equal(finished.stderr, "");
});
