import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { runScripted } from "../../fixtures/scripted.ts";

const FILE = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: a
  namespace: kn
spec:
  template:
    metadata:
      annotations:
        client.knative.dev/updateTimestamp: "2026-11-23T19:56:33Z"
        client.knative.dev/user-image: i
    spec:
      containers:
      - env:
        - name: A
          value: b
        image: i
        name: ""
        resources: {}
status: {}
`;

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "kn-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function kn(...args: string[]) {
  const ran = await runScripted(["service", ...args]);
  assert.deepEqual(ran.calls, [], "no cluster is asked");
  return ran;
}

test("--target FOLDER: create writes NAMESPACE/ksvc/NAME.yaml and waits for nothing", async (t) => {
  const target = await folder(t);
  const ran = await kn("create", "a", "--image", "i", "--env", "A=b", "--target", target);
  assert.equal(ran.stdout, "Service 'a' created in namespace 'kn'.\n", ran.stderr);
  assert.equal(await readFile(join(target, "kn/ksvc/a.yaml"), "utf8"), FILE);
  const again = await kn("create", "a", "--image", "i", "--target", target);
  assert.match(again.stderr, /^Error: cannot create service 'a' in namespace 'kn' because the service already exists/);
  const replaced = await kn("create", "a", "--image", "j", "--force", "--target", target);
  assert.equal(replaced.stdout, "Service 'a' replaced in namespace 'kn'.\n");
});

test("--target FOLDER: update and apply change the file, delete removes it", async (t) => {
  const target = await folder(t);
  await kn("create", "a", "--image", "i", "--target", target);
  assert.equal((await kn("update", "a", "--env", "C=d", "--target", target)).stdout, "Service 'a' updated in namespace 'kn'.\n");
  assert.match(await readFile(join(target, "kn/ksvc/a.yaml"), "utf8"), /name: C\n {10}value: d\n/);
  const applied = ["apply", "a", "--image", "k", "--target", target];
  assert.equal((await kn(...applied)).stdout, "Service 'a' applied in namespace 'kn'.\n");
  assert.match(await readFile(join(target, "kn/ksvc/a.yaml"), "utf8"), /image: k\n/);
  assert.equal((await kn(...applied)).stdout, "No changes to apply to service 'a'.\n");
  const deleted = await kn("delete", "a", "--wait", "--target", target);
  assert.equal(deleted.stdout, "Service 'a' successfully deleted in namespace 'kn'.\n", deleted.stderr);
  await assert.rejects(readFile(join(target, "kn/ksvc/a.yaml")));
});

test("--target FOLDER: list and describe read files, and only those of services", async (t) => {
  const target = await folder(t);
  await kn("create", "b", "--image", "i", "--target", target);
  await kn("create", "a", "--image", "i", "-n", "other", "--target", target);
  await mkdir(join(target, "kn/notes"));
  await writeFile(join(target, "kn/notes/x.yaml"), "not: a service");
  assert.equal(
    (await kn("list", "-A", "--target", target)).stdout,
    "NAMESPACE   NAME   URL   LATEST   AGE         CONDITIONS   READY       REASON\n" +
      "kn          b                     <unknown>   0 OK / 0     <unknown>   \n" +
      "other       a                     <unknown>   0 OK / 0     <unknown>   \n",
  );
  assert.match((await kn("list", "--target", target)).stdout, /^NAME .*\nb .*\n$/);
  assert.match((await kn("describe", "b", "--target", target)).stdout, /^Name: {7}b\nNamespace: {2}kn\nAge: {8}\n/);
  assert.match((await kn("describe", "z", "--target", target)).stderr, /^Error: services\.serving\.knative\.dev "z" not found\n/);
});

test("--target FILE keeps one service, in YAML or JSON", async (t) => {
  const target = await folder(t);
  for (const name of ["s.yaml", "s.yml", "s.json"]) {
    const file = join(target, name);
    assert.equal((await kn("create", "a", "--image", "i", "--target", file)).code, 0);
    assert.equal((await readFile(file, "utf8")).startsWith("{"), name.endsWith(".json"));
    assert.match((await kn("list", "--target", file)).stdout, /\na /);
    assert.match((await kn("create", "b", "--image", "i", "--target", file)).stderr, /holds the service 'a' already/);
    assert.equal((await kn("delete", "a", "--target", file)).code, 0);
  }
});

test("--target: what files cannot do is said", async (t) => {
  const target = await folder(t);
  const nowhere = join(target, "nowhere");
  const said = async (...args: string[]) => (await kn(...args)).stderr.split("\n")[0];
  const absent = `Error: directory '${nowhere}' not present, please create the directory and try again`;
  assert.equal(await said("create", "a", "--image", "i", "--target", nowhere), absent);
  assert.equal(await said("list", "--target", target), `Error: stat ${join(target, "kn")}: no such file or directory`);
  await kn("create", "a", "--image", "i", "--target", target);
  const traffic = await said("update", "a", "--traffic", "@latest=100", "--target", target);
  assert.equal(traffic, "Error: this operation is not supported in gitops mode");
  assert.equal(await said("create", "../a", "--image", "i", "--target", target), 'Error: invalid name "kn/../a" for a file');
});
