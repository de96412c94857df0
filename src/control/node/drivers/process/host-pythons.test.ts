import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { IMAGE_ARGV_LABEL, IMAGE_RUNTIME_LABEL } from "../../../../api/names/kinetic.ts";
import type { ContainerSpec } from "../contract.ts";
import { hostPythons } from "./host-pythons.ts";
import { resolveProgram } from "./program.ts";

/** A release that no machine has in its usual places. */
const NAME = "python3.27";

test("process driver: interpreters of the host are found by their names, behind links, never scripts", (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "kinetic-pythons-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o755 });
    return join(folder, path);
  };
  const path = ["shims", "closed", "bin"].map((name) => join(folder, name)).join(":");
  put(`shims/${NAME}`, "#!/bin/sh\n");
  const closed = put(`closed/${NAME}`, "\x7fELF");
  chmodSync(join(folder, "closed"), 0o700);
  const real = put("real/python", "\x7fELF");
  mkdirSync(join(folder, "bin"));
  symlinkSync(real, join(folder, "bin", NAME));
  const managed = put(".pyenv/versions/3.28.1/bin/python3.28", "\x7fELF");

  assert.equal(hostPythons({ path, byOthers: true })[NAME], real);
  assert.equal(hostPythons({ path, byOthers: false })[NAME], closed);
  assert.equal(hostPythons({ path, byOthers: false })["python3.28"], undefined);
  assert.equal(hostPythons({ path, home: folder, byOthers: false })["python3.28"], managed);
  assert.equal(hostPythons({ path: "relative:", byOthers: false })[NAME], undefined);
});

test("process driver: an image's Python is the host's of the same release, and no other", () => {
  const labels = {
    [IMAGE_ARGV_LABEL]: JSON.stringify(["python3", "-s", "opt/x.py"]),
    [IMAGE_RUNTIME_LABEL]: "python3.11",
  };
  const image = { labels, workingDir: "/func/", entrypoint: [], cmd: [] };
  const spec = { image, env: [] } as unknown as ContainerSpec;
  const runtimes = { node26: "/node", "python3.11": "/host/python3.11" };
  const resolved = resolveProgram(spec, "/tree", runtimes);
  assert.deepEqual(resolved, { kind: "ok", own: true, cwd: "/tree/func/", argv: ["/host/python3.11", "-s", "opt/x.py"] });
  for (const name of ["python", "/usr/bin/python3", "python3.11"])
    assert.equal(resolveProgram({ ...spec, command: [name] }, "/tree", runtimes).kind, "ok", name);
  const refused = resolveProgram(spec, "/tree", { node26: "/node", "python3.12": "/host/python3.12" });
  assert.ok(refused.kind === "no" && refused.message.includes("it wants python3.11, and this platform runs node26, python3.12"));
  assert.equal(resolveProgram({ ...spec, command: ["python2"] }, "/tree", runtimes).kind, "no");
});
