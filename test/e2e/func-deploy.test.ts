/** From `func create` to a function that answers, without a container engine: the commands as a user types them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { ended, eventually, httpGet, ROOT, run, startKinetic, temporaryFolder, type Finished, type Kinetic } from "./harness.ts";

const FUNC = join(ROOT, "bin/func.js");

interface Place {
  readonly kinetic: Kinetic;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  func(args: readonly string[], path?: string): Promise<Finished>;
}

/** A user with a platform and an empty folder. */
async function place(t: TestContext): Promise<Place> {
  const kinetic = await startKinetic(t);
  const folder = await temporaryFolder(t);
  const env = { ...kinetic.env, HOME: process.env["HOME"] ?? folder, XDG_CONFIG_HOME: folder };
  const func = (args: readonly string[], path = folder) => run(process.execPath, [FUNC, ...args], { env: { ...env, FUNC_PATH: path } });
  return { kinetic, folder, env, func };
}

function ok({ code, stdout, stderr }: Finished): Finished {
  assert.equal(code, 0, `${stdout}${stderr}`);
  return { code, stdout, stderr };
}

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  assert.ok(text.includes(from), `${file} has no ${from}`);
  await writeFile(file, text.replaceAll(from, to));
}

const DEPLOYED = /^✅ Function (deployed|updated) in namespace "default" and exposed at URL: \n {3}(http:\/\/\S+)$/m;

async function answers(url: string, expected: string): Promise<void> {
  await eventually(`${url} answers ${expected}`, async () => {
    const { host } = new URL(url);
    const { port } = new URL(url);
    const answer = await httpGet(`http://127.0.0.1:${port}/any/path`, { host });
    assert.deepEqual([answer.status, answer.body], [200, expected]);
  });
}

test("func: the path of the article, with a function in Go", { skip: requires("go", "kubectl") }, async (t) => {
  const { kinetic, folder, func } = await place(t);
  const root = join(folder, "knative-hello");
  ok(await func(["create", "-l", "go", "-t", "http", root]));
  const first = ok(await func(["deploy"], root));
  const [, verb, url = ""] = DEPLOYED.exec(first.stderr) ?? [];
  assert.equal(verb, "deployed", first.stderr);
  assert.match(
    first.stderr,
    /^Building function image\n(Still building\n)*🙌 Function built: localhost:\d+\/default\/knative-hello:latest$/m,
  );
  await answers(url, "OK\n");
  await change(join(root, "function.go"), '"OK', '"second');
  assert.match(ok(await func(["deploy"], root)).stderr, /Function updated/);
  await answers(url, "second\n");
  const revisions = await kinetic.kubectlOk(["get", "revisions", "-o", "name"]);
  assert.equal(revisions.trim().split("\n").length, 2);
  ok(await kinetic.kn(["service", "update", "knative-hello", "--traffic", "knative-hello-00001=50,knative-hello-00002=50"]));
  assert.equal(JSON.parse(ok(await func(["list", "-o", "json"], root)).stdout).length, 1);
  ok(await func(["delete"], root));
  assert.match(ok(await func(["list"], root)).stdout, /^no functions found in namespace 'default'/);
});

for (const [language, file] of [
  ["typescript", "src/index.ts"],
  ["python", "function/func.py"],
] as const) {
  test(`func: a function in ${language} is deployed, described, invoked and logged; nothing of ours stays in func.yaml`, async (t) => {
    const { folder, func } = await place(t);
    const root = join(folder, "hello");
    ok(await func(["create", "-l", language, root]));
    const [, , url = ""] = DEPLOYED.exec(ok(await func(["deploy", "-e", "GREETING=hi"], root)).stderr) ?? [];
    await answers(url, "OK");
    assert.equal(ok(await func(["invoke"], root)).stdout, "OK\n");
    const described = JSON.parse(ok(await func(["describe", "-o", "json"], root)).stdout) as Record<string, unknown>;
    assert.deepEqual([described["name"], described["runtime"], described["ready"], described["route"]], ["hello", language, "True", url]);
    const yaml = await readFile(join(root, "func.yaml"), "utf8");
    assert.doesNotMatch(yaml, /localhost|host\b/);
    assert.match(await readFile(join(root, ".func/local.yaml"), "utf8"), /^image: localhost:\d+\/default\/hello@sha256:[0-9a-f]{64}$/m);
    assert.match(ok(await func(["build"], root)).stderr, /up-to-date/);
    ok(await func(["logs", "--since", "5m"], root));
    await change(join(root, file), "OK", "second");
    ok(await func(["deploy"], root));
    await answers(url, "second");
  });
}

test("func: what cannot be deployed says why, and what is deployed goes on", async (t) => {
  const { kinetic, folder, func } = await place(t);
  const root = join(folder, "hello");
  ok(await func(["create", "-l", "node", root]));
  const [, , url = ""] = DEPLOYED.exec(ok(await func(["deploy"], root)).stderr) ?? [];
  const broken = async (args: readonly string[], pattern: RegExp) => {
    const { code, stderr } = await func(args, root);
    assert.equal(code, 1, stderr);
    assert.match(stderr, pattern);
  };
  await broken(["deploy", "--builder", "pack"], /--builder pack needs a container engine/);
  await broken(["deploy", "-n", "nowhere"], /there is no namespace 'nowhere'/);
  await broken(["deploy", "--git-url", "https://example.com/x"], /--git-url is for builds on a cluster/);
  await broken(["deploy", "--deployer", "keda"], /--deployer must be knative/);
  await broken(["deploy", "--registry", "127.0.0.1:1/me"], /127\.0\.0\.1:1\/me\/hello:latest cannot be pushed: .*connection refused/);
  await broken(["deploy", "-e", "A={{ secret:gone:key }}"], /referenced Secret "gone" is not present in namespace "default"/);
  await broken(["deploy", "-e", "nonsense"], /--env must be NAME=VALUE or NAME-/);
  const source = await readFile(join(root, "index.js"), "utf8");
  await writeFile(join(root, "index.js"), `${source}\nconst = 5;\n`);
  await broken(["deploy"], /the function does not build[^]*index\.js:\d+:\d+/);
  await answers(url, "OK");
  await writeFile(join(root, "index.js"), `throw new Error("no database");\n`);
  await broken(["deploy"], /does not get ready: .*RevisionFailed|does not get ready/);
  await answers(url, "OK");
  assert.equal(
    (await kinetic.kubectlOk(["get", "ksvc", "hello", "-o", "jsonpath={.status.latestReadyRevisionName}"])).trim(),
    "hello-00001",
  );
  assert.match((await func(["deploy"])).stderr, /does not contain an initialized function/);
  await kinetic.kubectlOk(["label", "ksvc", "hello", "function.knative.dev/name-", "boson.dev/function-"]);
  await broken(["deploy"], /^Error: Service 'hello' in namespace 'default' is not a function, and stays as it is/);
  await broken(["delete"], /Service 'hello' is not a function; 'kn service delete hello' deletes it/);
});

test("func dev: a save is answered by the new code, at its address and at the gateway; Ctrl-C leaves nothing", async (t) => {
  const { kinetic, folder, func, env } = await place(t);
  const root = join(folder, "hello");
  ok(await func(["create", "-l", "typescript", root]));
  const child = spawn(process.execPath, [FUNC, "dev", "--address", "127.0.0.1:0", "--path", root], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.after(() => ended(child, "SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const found = async (pattern: RegExp) => {
    await eventually(String(pattern), async () => assert.match(said, pattern));
    return pattern.exec(said)?.[1] ?? "";
  };
  const local = await found(/Function at (http:\S+)/);
  const joined = await found(/Also at (http:\S+)/);
  await found(/Ready in \d+ ms/);
  assert.equal((await httpGet(local)).body, "OK");
  await answers(joined, "OK");
  await change(join(root, "src/index.ts"), '"OK"', '"saved"');
  await answers(joined, "saved");
  await change(join(root, "src/index.ts"), '"saved"', '"saved');
  await found(/(index\.ts:\d+:\d+)[^]*The code from before goes on answering/);
  const stale = await httpGet(local);
  assert.deepEqual([stale.body, stale.headers["kinetic-dev"]], ["saved", "stale"]);
  assert.equal(ok(await func(["invoke"], root)).stdout, "saved\n");
  const exited = once(child, "exit");
  child.kill("SIGINT");
  assert.deepEqual(await exited, [130, null]);
  await eventually("the route is gone", async () => {
    assert.equal(
      await kinetic.kubectlOk(["get", "kingress,svc,leases", "-l", "x!=y", "-o", "name", "--ignore-not-found", "-n", "default"]),
      "service/kubernetes\n",
    );
  });
});

test("func dev: where no platform runs it starts one", async (t) => {
  const folder = await temporaryFolder(t);
  const env = { ...process.env, KUBECONFIG: "", HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: join(folder, "state") };
  const root = join(folder, "hello");
  ok(await run(process.execPath, [FUNC, "create", "-l", "node", root], { env }));
  const child = spawn(process.execPath, [FUNC, "dev", "--address", "127.0.0.1:0", "--path", root], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.after(async () => {
    await ended(child, "SIGINT");
    ok(await run(process.execPath, [join(ROOT, "bin/kinetic.js"), "down"], { env }));
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  await eventually("the route", async () => assert.match(said, /Starting a platform[^]*Also at (http:\S+)/));
  await answers(/Also at (http:\S+)/.exec(said)?.[1] ?? "", "OK");
});
