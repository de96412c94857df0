/** Data directories that cannot be used: one sentence, exit code 1, nothing changed on disk. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, open, readdir, readFile, rm, rmdir, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { requires } from "../../src/testing/requirements.ts";
import { apiCall } from "./api-call.ts";
import { ANY_PORTS, eventually, KINETIC, run, startKinetic, temporaryFolder, type Kinetic } from "./harness.ts";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

/** Starts on the folder, which must be refused with this sentence and nothing else. */
async function assertRefused(dataDir: string, sentence: RegExp): Promise<void> {
  const refused = await run(process.execPath, [KINETIC, "up", "--data-dir", dataDir, ...ANY_PORTS], { timeoutMs: 30_000 });
  assert.match(refused.stderr, sentence);
  assert.match(refused.stderr, /^Error: [^\n]+\n$/, "one line");
  assert.equal(refused.code, 1);
}

/** Contents of every file, to see that a refusal has changed nothing. The log is not data. */
async function fingerprint(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.includes("/logs/") || path.endsWith("-shm")) continue;
    found[path.slice(folder.length)] = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  }
  return found;
}

/** A folder that a platform has used, with one object in it. */
async function used(t: TestContext): Promise<Kinetic> {
  const platform = await startKinetic(t);
  await create(platform, "kept");
  assert.equal(await platform.stop(), 0);
  return platform;
}

async function create(platform: Kinetic, name: string, value = ""): Promise<number> {
  const body = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } });
  return (await apiCall(platform, { method: "POST", path: CONFIG_MAPS, body })).status;
}

async function storeFile(dataDir: string): Promise<string> {
  const names = await readdir(join(dataDir, "store"));
  const file = names.find((name) => /\.(db|sqlite)$/.test(name));
  assert.ok(file !== undefined, names.join(" "));
  return join(dataDir, "store", file);
}

test("a folder that cannot be used is refused in one sentence and left as it is", { timeout: 120_000 }, async (t) => {
  const { dataDir } = await used(t);
  const path = await storeFile(dataDir);
  const whole = await readFile(path);

  await t.test("a newer format", async () => {
    await writeFile(join(dataDir, "FORMAT"), "7\n");
    const before = await fingerprint(dataDir);
    await assertRefused(dataDir, /written by a newer Kinetic \(format 7, this one knows 1\)/);
    assert.deepEqual(await fingerprint(dataDir), before);
    await writeFile(join(dataDir, "FORMAT"), "1\n");
  });

  for (const [what, damage] of Object.entries({
    "overwritten at its start": () => writeFile(path, Buffer.concat([Buffer.alloc(4096, 0x5a), whole.subarray(4096)])),
    "overwritten in its middle": () => writeFile(path, overwritten(whole)),
    "cut in its middle": () => truncate(path, Math.floor(whole.length / 2)),
    "a text of somebody else": () => writeFile(path, "not a database\n".repeat(1000)),
  })) {
    await t.test(`a corrupt store: ${what}`, async () => {
      await damage();
      const before = await fingerprint(dataDir);
      await assertRefused(dataDir, /the store .*(is damaged|is corrupt|cannot be read|is not)/);
      assert.deepEqual(await fingerprint(dataDir), before);
    });
  }

  await t.test("the repaired folder is as it was", async (t) => {
    await writeFile(path, whole);
    const again = await startKinetic(t, { dataDir });
    assert.equal((await apiCall(again, { path: `${CONFIG_MAPS}/kept` })).status, 200);
    assert.equal(await again.stop(), 0);
  });

  await t.test("a file in its place", async () => {
    await assertRefused(join(dataDir, "FORMAT"), /FORMAT is not a folder; choose another with --data-dir/);
  });
});

function overwritten(whole: Buffer): Buffer {
  const damaged = Buffer.from(whole);
  for (let page = 1; page * 4096 < damaged.length; page++) damaged.fill(0x5a, page * 4096, page * 4096 + 512);
  return damaged;
}

test("settings that are damaged are named", { timeout: 120_000 }, async (t) => {
  const { dataDir } = await used(t);
  await writeFile(join(dataDir, "settings.json"), '{"instanceId":');
  const before = await fingerprint(dataDir);
  await assertRefused(dataDir, /is damaged: its settings\.json is not JSON/);
  assert.deepEqual(await fingerprint(dataDir), before);
});

test("a certificate authority that is damaged is named; leaves and kubeconfig are made again", { timeout: 120_000 }, async (t) => {
  const { dataDir } = await used(t);
  const file = (name: string) => join(dataDir, "pki", name);
  const key = await readFile(file("ca.key"), "utf8");
  await writeFile(file("ca.key"), key.slice(0, key.length / 2));
  const before = await fingerprint(dataDir);
  await assertRefused(dataDir, /the certificate authority is damaged: .*restore them from a backup, remove both .*kinetic reset\n$/);
  assert.deepEqual(await fingerprint(dataDir), before);
  await writeFile(file("ca.key"), key);
  for (const name of await readdir(join(dataDir, "pki"))) if (name.startsWith("admin-")) await writeFile(file(name), "neither\n");
  await writeFile(join(dataDir, "kubeconfig"), "clusters: [\n");
  const again = await startKinetic(t, { dataDir });
  assert.equal((await apiCall(again, { path: `${CONFIG_MAPS}/kept` })).status, 200);
  assert.match(await readFile(join(dataDir, "kubeconfig"), "utf8"), /current-context: kinetic/);
  assert.match(await readFile(join(dataDir, "logs/kinetic.log"), "utf8"), /the kubeconfig was damaged and is written anew/);
});

test("the folder of another user is refused to root", { skip: requires("root"), timeout: 120_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  await chown(folder, 12_345, 12_345);
  await assertRefused(folder, /belongs to another user \(uid 12345\); choose another with --data-dir/);
  assert.deepEqual(await readdir(folder), []);
});

test(
  "the folder of another user is refused to an ordinary user",
  { skip: requires("an unprivileged user"), timeout: 120_000 },
  async () => {
    await assertRefused("/etc", /belongs to another user \(uid 0\); choose another with --data-dir/);
    await assertRefused("/kinetic-of-an-ordinary-user", /permission denied; choose another with --data-dir/);
  },
);

test("a folder without write permission is refused", { skip: requires("an unprivileged user"), timeout: 120_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  await chmod(folder, 0o500);
  await assertRefused(folder, /permission denied; choose another with --data-dir/).finally(() => chmod(folder, 0o700));
});

test("a full disk", { skip: requires("root", "linux"), timeout: 120_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "kinetic-full-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", folder]);
  t.after(async () => {
    execFileSync("umount", ["-l", folder]);
    await rmdir(folder);
  });
  const filler = join(folder, "filler");

  await t.test("at the first start: one sentence, and a later start works", async (t) => {
    const dataDir = join(folder, "first");
    await mkdir(dataDir);
    await fill(filler);
    await assertRefused(dataDir, /the disk of .* is full/);
    await rm(filler);
    const later = await startKinetic(t, { dataDir, args: ANY_PORTS });
    assert.equal(await later.stop(), 0);
  });

  await t.test("while it runs: writes are refused with a Status, nothing acknowledged is lost", async (t) => {
    const dataDir = join(folder, "second");
    await mkdir(dataDir);
    const platform = await startKinetic(t, { dataDir, args: ANY_PORTS });
    await fill(filler);
    const acknowledged: string[] = [];
    let refusal = 0;
    for (let index = 0; index < 200 && refusal === 0; index++) {
      const status = await create(platform, `c${index}`, "x".repeat(100_000));
      if (status === 201) acknowledged.push(`c${index}`);
      else refusal = status;
    }
    assert.match(String(refusal), /^5\d\d$/);
    assert.equal((await apiCall(platform, { path: "/livez" })).status, 200, "it still answers");
    await rm(filler);
    await platform.stop();
    const again = await startKinetic(t, { dataDir });
    const list = JSON.parse((await apiCall(again, { path: CONFIG_MAPS })).body) as { items: { metadata: { name: string } }[] };
    const stored = list.items.map(({ metadata }) => metadata.name);
    assert.deepEqual(
      acknowledged.filter((name) => !stored.includes(name)),
      [],
    );
    await eventually("writes work again", async () => assert.equal(await create(again, "after"), 201));
    assert.equal(await again.stop(), 0);
  });
});

/** Leaves no free byte on the disk of the path. */
async function fill(path: string): Promise<void> {
  const block = Buffer.alloc(64 * 1024, 1);
  await using file = await open(path, "w");
  await assert.rejects(
    async () => {
      for (;;) await file.write(block);
    },
    { code: "ENOSPC" },
  );
}
