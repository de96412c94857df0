import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { requires } from "../../../testing/requirements.ts";
import { giveVolume, writeVolume } from "./volume-writer.ts";

function volume(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), "kinetic-volume-"));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, "secret");
  writeVolume(folder, [{ path: "password", data: Buffer.from("x"), mode: 0o644, perPod: false }]);
  return folder;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a volume belongs to the user of its container and nobody else looks into it", { skip: requires("root") }, (t) => {
  const folder = volume(t);
  giveVolume(folder, 12345, 12345);
  assert.deepEqual([statSync(folder).uid, modeOf(folder)], [12345, 0o700]);
  assert.equal(statSync(join(folder, "password")).uid, 12345);
  writeVolume(folder, [{ path: "password", data: Buffer.from("new"), mode: 0o644, perPod: false }]);
  assert.equal(statSync(join(folder, "password")).uid, 12345, "an update belongs to the same user");
  assert.equal(modeOf(folder), 0o700);
});

test("two users of one pod both read a shared volume", { skip: requires("root") }, (t) => {
  const folder = volume(t);
  giveVolume(folder, 12345, 12345);
  giveVolume(folder, 12346, 12346);
  assert.deepEqual([statSync(folder).uid, modeOf(folder)], [12345, 0o755]);
  assert.equal(readFileSync(join(folder, "password"), "utf8"), "x");
});
